// Brings what arrives into the page without a reload, but never while somebody is writing or stands with the focus in what would change.
const everyMillis = 1000;
const timeline = document.getElementById("timeline");
const news = document.getElementById("news");
let shown = Number(document.body.dataset.version);

function isBusy() {
  return timeline.contains(document.activeElement)
    || [...timeline.querySelectorAll("textarea")].some(field => field.value !== field.defaultValue);
}

async function show() {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const open = [...timeline.querySelectorAll("details[open][id]")].map(details => details.id);
  timeline.replaceChildren(...page.getElementById("timeline").childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  shown = Number(page.body.dataset.version);
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch("/version");
  if (!answer.ok) return;
  const { version } = await answer.json();
  if (version === shown) return;
  if (isBusy()) {
    news.textContent = "Something new arrived. It appears when you are done here.";
    return;
  }
  await show();
}

setInterval(() => look().catch(() => {}), everyMillis); // the demo may have been stopped
