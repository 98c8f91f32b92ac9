/* Presenting: one item at a time, space for the next; a dark room. The map shows what is in hand. */
const steps = [...document.querySelectorAll(".app-item")].flatMap((item) => [
  { item, card: null }, ...[...item.querySelectorAll("[data-number]")].map((card) => ({ item, card })),
]);
const status = document.getElementById("present-status");
const map = document.querySelector("#new [data-shapes]");
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
document.getElementById("new").addEventListener("focusin", (event) => {
  const card = event.target.closest("[data-number]");
  if (card) { takeInHand(card); }
});

function show(number) {
  shown = Math.max(0, Math.min(number, steps.length - 1));
  const { item, card } = steps[shown];
  for (const each of steps) {
    each.item.classList.toggle("app-item--shown", each.item === item);
    each.card?.classList.toggle("app-item__later", card !== null && each.card !== card);
  }
  takeInHand(card);
  item.focus();
  status.textContent = `Item ${shown + 1} of ${steps.length}. Space shows the next, Escape ends.`;
}

function takeInHand(card) {
  map?.dispatchEvent(new CustomEvent("in-hand", { detail: card?.dataset.number ?? null }));
}

function end() {
  shown = -1;
  document.body.classList.remove("app-presenting");
  steps.forEach(({ card }) => card?.classList.remove("app-item__later"));
  status.textContent = "";
}
