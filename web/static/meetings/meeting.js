/* Presenting: one item at a time, space for the next; a dark room. */
const items = [...document.querySelectorAll(".app-item")];
const status = document.getElementById("present-status");
let shown = -1;

document.getElementById("present").addEventListener("click", async () => {
  document.body.classList.add("app-presenting");
  show(0);
  try { await document.documentElement.requestFullscreen?.(); } catch (error) { console.info(error); }
});
document.getElementById("dark").addEventListener("click", (event) => {
  const dark = document.body.classList.toggle("app-dark");
  event.currentTarget.setAttribute("aria-pressed", String(dark));
});
document.addEventListener("keydown", (event) => {
  if (shown < 0 || event.target.closest("input, textarea, select, button, summary, a")) { return; }
  if ([" ", "ArrowRight", "PageDown"].includes(event.key)) { event.preventDefault(); show(shown + 1); }
  if (["ArrowLeft", "PageUp"].includes(event.key)) { event.preventDefault(); show(shown - 1); }
  if (event.key === "Escape") { end(); }
});
document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) { end(); }
});

function show(number) {
  shown = Math.max(0, Math.min(number, items.length - 1));
  items.forEach((item, k) => item.classList.toggle("app-item--shown", k === shown));
  items[shown].focus();
  status.textContent = `Item ${shown + 1} of ${items.length}. Space shows the next, Escape ends.`;
}

function end() {
  shown = -1;
  document.body.classList.remove("app-presenting");
  status.textContent = "";
}
