// Brings what arrives into the page without a reload, but never while somebody is writing or has the focus on a button that would change.
const everyMillis = 1000;
const timeline = document.getElementById("timeline");
const news = document.getElementById("news");
let shown = Number(document.body.dataset.version);

function isBusy() {
  const focus = document.activeElement;
  return timeline.contains(focus) && focus.matches("textarea, input, button, a")
    || [...timeline.querySelectorAll("textarea")].some(field => field.value !== field.defaultValue);
}

// place describes where the focus is, so that it is found again in the new timeline: on a post or reply, or on what opens a <details>.
function place() {
  const focus = document.activeElement;
  if (!timeline.contains(focus)) return "";
  if (focus.id) return "#" + CSS.escape(focus.id);
  return focus.parentElement.id ? `#${CSS.escape(focus.parentElement.id)} > ${focus.localName}` : "";
}

async function show() {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isBusy()) return; // somebody began to write while we asked
  const open = [...timeline.querySelectorAll("details[open][id]")].map(details => details.id);
  const focused = place();
  timeline.replaceChildren(...page.getElementById("timeline").childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) timeline.querySelector(focused)?.focus({ preventScroll: true });
  shown = Number(page.body.dataset.version);
  news.textContent = "Something new arrived.";
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
