/* Begins the work of a page that came from one of ours, looks how far it is, and shows
   the page again when it is done. */
const begin = document.querySelector("form[data-begin]");
const waiting = document.querySelector("[data-job]");
if (begin) { begin.requestSubmit(); }
if (waiting) { look(waiting, 200); }
document.querySelector("[data-cancel]")?.form.addEventListener("submit", stop);

async function look(box, pause) {
  await new Promise((done) => { setTimeout(done, pause); });
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (body.state !== "running") { window.location.reload(); return; }
    const bar = box.querySelector("progress");
    if (body.total) { bar.max = body.total; bar.value = body.done; }
  } catch (error) {
    console.error(error);
  }
  look(box, Math.min(pause * 1.3, 3000));
}

async function stop(event) {
  event.preventDefault();
  const form = event.target;
  await fetch(form.action, { method: "POST", body: new FormData(form) });
}
