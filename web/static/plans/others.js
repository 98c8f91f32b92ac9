/* The other choices for a suggestion: lines and letters, at the edge where they are away. */
import { boxAround, overlap } from "./labels.js";

const LETTER = { here: [24, 24], away: [40, 24] };
const ARROWS = "→↘↓↙←↖↑↗";
const BESIDE = [
  [0, 0], [0, 30], [0, -30], [30, 0], [-30, 0], [30, 30], [-30, -30], [0, 60], [0, -60],
];
const MOST_STEPS = 8;
const quiet = { interactive: false };

export function letterOf(k) { return "abcdefgh"[k] || String(k + 1); }

/* `hidden` is how many pixels of the map lie under words: at its top, at its bottom;
 * `taken` are rectangles that no letter is put on. Return the rectangles of the letters. */
export function drawOthers(map, group, suggestion, chosen, { hidden, taken }) {
  group.clearLayers();
  if (!suggestion) { return []; }
  const [lng, lat] = suggestion.at[0];
  const from = map.latLngToContainerPoint([lat, lng]);
  return suggestion.alternatives.map((other, k) => {
    const at = [other.at[1], other.at[0]];
    const spot = findSpot(map, from, map.latLngToContainerPoint(at), hidden, taken);
    const look = { ...quiet, color: "#0b0c0c", dashArray: "2 7", weight: k === chosen ? 4 : 2 };
    group.addLayer(L.polyline([[lat, lng], at], look));
    group.addLayer(buildLetter(
      map.containerPointToLatLng(spot.at), k, k === chosen, spot.arrow));
    return boxAround(spot.at.x, spot.at.y, ...LETTER[spot.arrow ? "away" : "here"]);
  });
}

/* Where a letter stands: at the place, or where the line to it leaves the map. */
function findSpot(map, from, to, hidden, taken) {
  const size = map.getSize();
  const room = {
    left: 24, right: size.x - 24, top: hidden.top + 16, bottom: size.y - hidden.bottom - 16,
  };
  if (isIn(room, to) || !isIn(room, from)) { return { at: standBeside(to, taken), arrow: "" }; }
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const reach = Math.min(
    share(from.x, dx, dx > 0 ? room.right : room.left),
    share(from.y, dy, dy > 0 ? room.bottom : room.top));
  const at = L.point(from.x + reach * dx, from.y + reach * dy);
  const along = Math.abs(at.x - room.left) < 1 || Math.abs(at.x - room.right) < 1 ?
    [0, at.y > size.y / 2 ? -26 : 26] : [at.x > size.x / 2 ? -42 : 42, 0];
  const box = () => boxAround(at.x, at.y, ...LETTER.away);
  for (let n = 0; n < MOST_STEPS && taken.some((other) => overlap(box(), other)); n += 1) {
    at.x += along[0];
    at.y += along[1];
  }
  taken.push(box());
  const eighth = Math.round(Math.atan2(dy, dx) / (Math.PI / 4));
  return { at, arrow: ARROWS[(eighth + 8) % 8] };
}

/* Where the letter of another choice is in the way, the next one stands beside it. */
function standBeside(to, taken) {
  const box = (move) => boxAround(to.x + move[0], to.y + move[1], ...LETTER.here);
  const move = BESIDE.find((each) => !taken.some((other) => overlap(box(each), other))) || [0, 0];
  taken.push(box(move));
  return to.add(move);
}

function isIn(room, { x, y }) {
  return x >= room.left && x <= room.right && y >= room.top && y <= room.bottom;
}

function share(from, step, until) {
  return step === 0 ? Infinity : (until - from) / step;
}

function buildLetter(at, k, chosen, arrow) {
  const text = document.createElement("span");
  text.textContent = arrow ? `${letterOf(k)} ${arrow}` : letterOf(k);
  text.setAttribute("aria-hidden", "true");
  return L.marker(at, {
    icon: L.divIcon({
      className: `app-other${chosen ? " app-other--chosen" : ""}`,
      html: text, iconSize: arrow ? LETTER.away : LETTER.here,
    }),
    ...quiet, keyboard: false, zIndexOffset: 2000,
  });
}
