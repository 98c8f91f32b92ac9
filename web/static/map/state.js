/* The address holds what the map shows, so that a link shows it again and each choice
 * can be undone: a choice is an entry of the history, a move of the map only changes it. */
const GESTURE_MS = 700;
let restoring = false;
let last = -GESTURE_MS;

export function read(name) {
  return new URL(window.location.href).searchParams.get(name) || "";
}

/* Choices of one gesture, a drag over months, are one step. */
export function write(said, { quiet = false } = {}) {
  if (restoring) { return; }
  const now = new URL(window.location.href);
  Object.entries(said).forEach(([name, value]) => {
    if (value) { now.searchParams.set(name, value); } else { now.searchParams.delete(name); }
  });
  if (now.href === window.location.href) { return; }
  const step = window.history.state?.step || 0;
  if (quiet || performance.now() - last < GESTURE_MS) {
    window.history.replaceState({ step }, "", now);
  } else {
    window.history.pushState({ step: step + 1 }, "", now);
  }
  if (!quiet) { last = performance.now(); }
  showUndo();
}

/* Undo is the browser's own "back", inside this page. */
export function connectUndo(restore) {
  document.getElementById("undo").addEventListener("click", () => window.history.back());
  window.addEventListener("popstate", () => restoreBy(restore));
  document.getElementById("filter-form").addEventListener("formdata", (event) => {
    ["map", "over"].forEach((name) => event.formData.set(name, read(name)));
    const [nothing, ...kinds] = event.formData.getAll("category");
    event.formData.delete("category");
    (kinds.length ? kinds : [nothing]).forEach((kind) => event.formData.append("category", kind));
  });
  return restoreBy(restore);
}

async function restoreBy(restore) {
  restoring = true;
  try { await restore(); } finally { restoring = false; }
  last = -GESTURE_MS;
  showUndo();
}

function showUndo() {
  document.getElementById("undo").hidden = !window.history.state?.step;
}
