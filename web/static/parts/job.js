/* Asks whether long work is done, and shows the page again when it is. */
const waiting = document.querySelector("[data-job]");
if (waiting) { look(waiting, 500); }

async function look(box, pause) {
  await new Promise((done) => { setTimeout(done, pause); });
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (body.state !== "running") { window.location.reload(); return; }
  } catch (error) {
    console.error(error);
  }
  look(box, Math.min(pause * 1.3, 3000));
}
