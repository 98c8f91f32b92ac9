/* Arrived, left: two taps. What cannot be sent waits on this phone and is sent once. */
const WAITING = "hotspots-visits";
const ARRIVED = "hotspots-arrived";
const page = document.getElementById("shift");
const signal = document.getElementById("signal");
let sending = false;

navigator.serviceWorker?.register("/shift/worker.js").catch(console.info);
navigator.serviceWorker?.ready.then(keepPage);
document.querySelectorAll("[data-tap]").forEach((button) => {
  button.addEventListener("click", () => tap(button));
  label(button);
});
window.addEventListener("online", send);
setInterval(send, 20000);
send();

/* What this page is made of, once the worker is there to keep it. */
async function keepPage() {
  if (!navigator.serviceWorker.controller) {
    await new Promise((done) => {
      navigator.serviceWorker.addEventListener("controllerchange", done, { once: true });
    });
  }
  const parts = performance.getEntriesByType("resource").map((each) => each.name);
  await Promise.allSettled([window.location.href, ...parts].map((each) => fetch(each)));
  page.dataset.kept = "true";
}

function kept(key, empty) { return JSON.parse(localStorage.getItem(key) || empty); }
function keep(key, value) { localStorage.setItem(key, JSON.stringify(value)); }

/* Local wall-clock time to the minute; a demonstration has a day of its own. */
function now() {
  const at = new Date();
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString();
  return `${page.dataset.day || local.slice(0, 10)}T${local.slice(11, 16)}`;
}

function label(button) {
  const since = kept(ARRIVED, "{}")[button.dataset.tap];
  button.textContent = since ? "Left" : "Arrived";
  say(button, since ? `There since ${since.slice(11)}` : "");
}

function say(button, text) { button.parentElement.querySelector(".app-tapped").textContent = text; }

function tap(button) {
  const here = button.dataset.tap;
  const arrived = kept(ARRIVED, "{}");
  if (!arrived[here]) {
    keep(ARRIVED, { ...arrived, [here]: now() });
    label(button);
    return;
  }
  const start = arrived[here];
  const end = now();
  delete arrived[here];
  keep(ARRIVED, arrived);
  label(button);
  if (end <= start) { say(button, "Less than a minute: nothing is written down."); return; }
  keep(WAITING, [...kept(WAITING, "[]"), { here, start, end }]);
  say(button, `Left at ${end.slice(11)}`);
  send();
}

async function send() {
  if (sending) { return; }
  sending = true;
  let sent = 0;
  try {
    for (const visit of kept(WAITING, "[]")) {
      const answer = await post(visit);
      if (answer.status >= 500) { break; }
      keep(WAITING, kept(WAITING, "[]").filter((each) =>
        each.here !== visit.here || each.start !== visit.start));
      if (answer.ok) { sent += 1; } else { refused(visit, (await answer.json()).error); }
    }
  } catch (error) { console.info("no signal", error.message); }
  sending = false;
  const left = kept(WAITING, "[]").length;
  signal.hidden = !left;
  signal.textContent = left ?
    `No signal: ${left} ${left === 1 ? "visit waits" : "visits wait"} to be sent.` : "";
  if (sent) { window.location.reload(); }
}

async function post(visit) {
  const page = await fetch("/shift/", { cache: "no-store", headers: { "X-Asks": "token" } });
  if (page.headers.get("X-Kept")) { throw new Error("offline"); }
  const token = (await page.text()).match(/name="csrf-token" content="([^"]+)"/)?.[1];
  return fetch(visit.here, {
    method: "POST", body: JSON.stringify({ start: visit.start, end: visit.end }),
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
  });
}

function refused(visit, why) {
  const button = document.querySelector(`[data-tap="${visit.here}"]`);
  if (button) { say(button, `Not written down: ${why}`); }
}
