/* Months and hours of the week beside the map. What is chosen in one is counted in the
 * other and on the map; a drag, or Shift and a click, chooses a stretch. */
import { getJson } from "../parts/fetch.js";
import { write } from "./state.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const PLAY_MS = 900;
const SHADES = ["#ffffff", "#f8dc8c", "#f79c3c", "#d8573c", "#932667"];

export function connectTime(view, redraw) {
  const fold = document.getElementById("time");
  let opening = null;
  const open = async () => {
    const says = document.getElementById("time-says");
    says.textContent = "Counting …";
    try {
      build(view, await getJson(view.addresses.rhythm), redraw);
    } catch (error) {
      opening = null;
      says.textContent = error.message;
    }
  };
  fold.addEventListener("toggle", () => {
    if (fold.open) { opening ??= open(); }
  });
  view.restoreTime = async (text) => {
    if (!text && !view.showTime) { return; }
    fold.open = true;
    opening ??= open();
    await opening;
    view.showTime?.(text);
  };
}

function build(view, rhythm, redraw) {
  const time = {
    rhythm, months: new Set(), hours: new Set(),
    say: document.getElementById("time-says"),
    strip: document.getElementById("time-months"),
    week: document.getElementById("time-week"),
  };
  const changed = () => {
    write({ time: chosenText(time) });
    view.counts = chosenCounts(view, time);
    paint(time);
    redraw();
  };
  view.showTime = (text) => {
    if (text === chosenText(time)) { return; }
    const [months, hours] = text.split("_").map((part) => part.split(".").filter(Boolean).map(Number));
    time.months.clear();
    time.hours.clear();
    months.forEach((month) => time.months.add(month));
    hours?.forEach((hour) => time.hours.add(hour));
    changed();
  };
  buildStrip(time, changed);
  buildWeek(time, changed);
  document.getElementById("time-clear").addEventListener("click", () => {
    time.months.clear();
    time.hours.clear();
    changed();
  });
  connectPlay(time, changed);
  paint(time);
}

function chosenText(time) {
  const text = [time.months, time.hours].map((chosen) => [...chosen].sort((a, b) => a - b).join("."));
  return text.some(Boolean) ? text.join("_") : "";
}

/* --- choosing -------------------------------------------------------------------- */

function fits(time, month, hour, without) {
  return (without === "months" || !time.months.size || time.months.has(month)) &&
    (without === "hours" || !time.hours.size || time.hours.has(hour));
}

function chosenCounts(view, time) {
  if (!time.months.size && !time.hours.size) { return view.cells.n_incidents; }
  const counts = new Array(view.cells.cells.length).fill(0);
  eachPart(time, "", (cell, month, hour, n) => { counts[cell] += n; });
  return counts;
}

function eachPart(time, without, take) {
  const { cell, month, hour, n } = time.rhythm.cube;
  for (let k = 0; k < n.length; k += 1) {
    if (fits(time, month[k], hour[k], without)) { take(cell[k], month[k], hour[k], n[k]); }
  }
}

/* A click chooses one, again lets it go; Shift or a drag chooses the stretch between. */
function connectChoice(box, chosen, stretch, changed) {
  let from = null;
  let dragged = false;
  const valueOf = (target) => {
    const button = target.closest && target.closest("button[data-value]");
    return button && box.contains(button) ? Number(button.dataset.value) : null;
  };
  const choose = (to, only) => {
    if (only) { chosen.clear(); }
    stretch(from, to).forEach((value) => chosen.add(value));
    changed();
  };
  box.addEventListener("pointerdown", (event) => {
    const value = valueOf(event.target);
    if (value === null || event.shiftKey) { return; }
    from = value;
    dragged = false;
    event.target.releasePointerCapture(event.pointerId);
  });
  box.addEventListener("pointerover", (event) => {
    const value = valueOf(event.target);
    if (event.buttons !== 1 || value === null || value === from || from === null) { return; }
    dragged = true;
    choose(value, true);
  });
  box.addEventListener("click", (event) => {
    const value = valueOf(event.target);
    if (value === null || dragged) { dragged = false; return; }
    if (event.shiftKey && from !== null) { choose(value, true); return; }
    from = value;
    if (chosen.has(value)) { chosen.delete(value); } else { chosen.add(value); }
    changed();
  });
}

/* One stop for the Tab key; arrows move inside. */
function connectArrows(box, columns) {
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (!step) { return; }
    const buttons = [...box.querySelectorAll("button[data-value]")];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (!next) { return; }
    event.preventDefault();
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  });
}

/* --- months ------------------------------------------------------------------------ */

function buildStrip(time, changed) {
  const { months } = time.rhythm;
  time.strip.replaceChildren(...months.map((month, k) => {
    const button = part(k, k === 0);
    button.append(span("app-time__usual"), span("app-time__bar"));
    if (k === 0 || month.endsWith("-01")) {
      button.dataset.label = k === 0 ? monthName(month, "short") : month.slice(0, 4);
    }
    return button;
  }));
  connectChoice(time.strip, time.months, between, changed);
  connectArrows(time.strip, 1);
}

function between(from, to) {
  const [low, high] = from < to ? [from, to] : [to, from];
  return Array.from({ length: high - low + 1 }, (_, k) => low + k);
}

function paintStrip(time) {
  const { months, n, usual_low: low, usual_high: high, word } = time.rhythm;
  const counted = new Array(months.length).fill(0);
  eachPart(time, "months", (_, month, hour, of) => { counted[month] += of; });
  const whole = !time.hours.size;
  const top = Math.max(1, ...counted, ...(whole ? high.map((one) => one || 0) : [0]));
  [...time.strip.children].forEach((button, k) => {
    const [usual, bar] = button.querySelectorAll(".app-time__usual, .app-time__bar");
    bar.style.height = `${100 * counted[k] / top}%`;
    usual.hidden = !whole || low[k] === null;
    if (!usual.hidden) {
      usual.style.bottom = `${100 * low[k] / top}%`;
      usual.style.height = `${Math.max(2, 100 * (high[k] - low[k]) / top)}%`;
    }
    const says = n[k] === null ? "no data" :
      `${HotspotsMap.number(counted[k])} incidents` + (usual.hidden ? "" :
        `, usual ${HotspotsMap.number(low[k])} to ${HotspotsMap.number(high[k])}: ${word[k]}`);
    describe(button, `${monthName(months[k], "long")}: ${says}`, time.months.has(k));
    button.classList.toggle("app-time__part--none", n[k] === null);
  });
}

function monthName(text, width) {
  const [year, month] = text.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, 1)).toLocaleDateString(
    "en-GB", { month: width, year: "numeric", timeZone: "UTC" });
}

/* --- the week ------------------------------------------------------------------------ */

function buildWeek(time, changed) {
  if (!time.rhythm.n_with_hour) {
    time.week.hidden = true;
    return;
  }
  time.week.replaceChildren(...DAYS.flatMap((day, row) => {
    const label = span("app-time__day");
    label.textContent = day.slice(0, 3);
    label.setAttribute("aria-hidden", "true");
    return [label, ...Array.from({ length: 24 }, (_, h) => part(24 * row + h, row + h === 0))];
  }));
  const hours = ["", "00", "06", "12", "18"].map((text, k) => {
    const label = span(k ? "app-time__hour" : "app-time__day");
    label.textContent = text;
    label.setAttribute("aria-hidden", "true");
    return label;
  });
  time.week.append(...hours);
  connectChoice(time.week, time.hours, block, changed);
  connectArrows(time.week, 24);
}

/* The rectangle of days and hours between two hours of the week. */
function block(from, to) {
  const rows = between(Math.floor(from / 24), Math.floor(to / 24));
  const columns = between(from % 24, to % 24);
  return rows.flatMap((row) => columns.map((column) => 24 * row + column));
}

function paintWeek(time) {
  if (time.week.hidden) { return; }
  const counted = new Array(168).fill(0);
  eachPart(time, "hours", (_, month, hour, n) => { if (hour !== null) { counted[hour] += n; } });
  const top = Math.max(1, ...counted);
  time.week.querySelectorAll("button").forEach((button) => {
    const hour = Number(button.dataset.value);
    const shade = counted[hour] ? 1 + Math.min(3, Math.floor(4 * counted[hour] / (top + 1))) : 0;
    button.style.backgroundColor = SHADES[shade];
    const clock = `${String(hour % 24).padStart(2, "0")}:00`;
    describe(button, `${DAYS[Math.floor(hour / 24)]} ${clock}: ${HotspotsMap.number(counted[hour])} incidents`,
      time.hours.has(hour));
  });
}

/* --- play and words ------------------------------------------------------------------- */

function connectPlay(time, changed) {
  const button = document.getElementById("time-play");
  let timer = null;
  let at = -1;
  const stop = () => {
    window.clearInterval(timer);
    timer = null;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Play month by month";
  };
  const step = () => {
    at += 1;
    while (at < time.rhythm.n.length && time.rhythm.n[at] === null) { at += 1; }
    if (at >= time.rhythm.n.length) {
      at = -1;
      time.months.clear();
      stop();
    } else {
      time.months.clear();
      time.months.add(at);
    }
    changed();
  };
  button.addEventListener("click", () => {
    if (timer) { stop(); return; }
    button.setAttribute("aria-pressed", "true");
    button.textContent = "Pause";
    step();
    timer = window.setInterval(step, PLAY_MS);
  });
}

function paint(time) {
  paintStrip(time);
  paintWeek(time);
  let n = 0;
  eachPart(time, "", (_, month, hour, of) => { n += of; });
  const all = time.rhythm.n.reduce((sum, of) => sum + (of || 0), 0);
  const known = time.rhythm.n_with_hour;
  const hours = known ? `${HotspotsMap.number(known)} have an hour.` : "The files state no hours.";
  time.say.textContent = time.months.size || time.hours.size ?
    `The map counts ${HotspotsMap.number(n)} of ${HotspotsMap.number(all)} incidents.` :
    `${HotspotsMap.number(all)} incidents. Choose months or hours to count only them. ${hours}`;
}

function part(value, first) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "app-time__part";
  button.dataset.value = String(value);
  button.tabIndex = first ? 0 : -1;
  return button;
}

function span(className) {
  const made = document.createElement("span");
  made.className = className;
  return made;
}

function describe(button, text, chosen) {
  button.title = text;
  button.setAttribute("aria-label", text);
  button.setAttribute("aria-pressed", String(chosen));
}
