// The demo shows a conversation while it happens, so it asks the element for news each second. A real page needs none of this.
const everyMillis = 1000;

await customElements.whenDefined("bloghorn-comments");
setInterval(() => {
  if (document.hidden) return;
  for (const comments of document.querySelectorAll("bloghorn-comments")) comments.refresh?.();
}, everyMillis);
