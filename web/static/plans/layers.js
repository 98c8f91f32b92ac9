/* A plan on the map: its suggestions, what it draws beside them, the other choices.
 * Names reach the page as text only. */
const MARK_PX = 30;
const APART_PX = 28;
const MOVES = [
  [0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1], [2, 0], [-2, 0],
  [0, 2], [0, -2], [2, 1], [-2, 1], [2, -1], [-2, -1], [1, 2], [-1, 2], [1, -2], [-1, -2],
].map((move) => move.map((step) => step * APART_PX));
const BLACK = "#0b0c0c";
const BLUE = "#1d70b8";
const EXTRAS = [
  { color: BLUE, dashArray: "7 5", fillColor: BLUE },
  { color: "#54319f", dashArray: "2 6", fillColor: "#54319f" },
  { color: "#00703c", dashArray: "10 4 2 4", fillColor: "#00703c" },
];
const quiet = { interactive: false };

export function drawExtras(plan) {
  return new Map(plan.layers.map((layer, k) => [
    layer.name,
    L.layerGroup(layer.items.map((item) => buildExtra(item, EXTRAS[k % EXTRAS.length]))),
  ]));
}

function buildExtra(item, look) {
  const shape = L.geoJSON(item.geometry, {
    style: item.geometry.type.endsWith("Point") ?
      { color: "#ffffff", fillColor: look.color, fillOpacity: 1, weight: 2 } :
      { ...look, fillOpacity: 0.1, weight: 3 },
    pointToLayer: (_, at) => L.circleMarker(at, { radius: 5 }),
  });
  const words = document.createElement("span");
  words.textContent = item.name;
  shape.bindTooltip(words, { direction: "top", sticky: true });
  return shape;
}

/* Each suggestion: a white casing, a dashed or heavy outline, a number that is a button. */
export function drawSuggestions(plan, map, listen) {
  const group = L.layerGroup();
  const views = new Map();
  plan.suggestions.forEach((suggestion) => {
    const casing = buildOutline(
      suggestion.geometry, { ...quiet, color: "#ffffff", weight: 8 });
    const outline = buildOutline(suggestion.geometry, lookOf(suggestion.geometry.type));
    const marks = suggestion.at.map((at, k) => buildMark(suggestion, at, k));
    const bounds = L.geoJSON(suggestion.geometry).getBounds();
    suggestion.at.forEach(([lng, lat]) => bounds.extend([lat, lng]));
    const view = { suggestion, casing, mark: marks[0], marks, bounds };
    [casing, outline, ...marks].forEach((layer) => group.addLayer(layer));
    listen(view, outline, false);
    marks.forEach((mark, k) => listen(view, mark, k === 0));
    views.set(suggestion.rank, view);
  });
  group.addTo(map);
  return { group, views };
}

/* The points and small polygons of a shape, as rectangles on the map. */
export function listSmall(map, { type, coordinates }, most) {
  if (type.endsWith("LineString")) { return []; }
  const one = type.replace("Multi", "");
  return (one === type ? [coordinates] : coordinates).flatMap((part) => {
    const bounds = L.geoJSON({ type: one, coordinates: part }).getBounds();
    const west = map.latLngToContainerPoint(bounds.getNorthWest()).subtract([6, 6]);
    const east = map.latLngToContainerPoint(bounds.getSouthEast()).add([6, 6]);
    return east.x - west.x < most && east.y - west.y < most ?
      [{ left: west.x, right: east.x, top: west.y, bottom: east.y }] : [];
  });
}

function lookOf(type) {
  const line = type.endsWith("LineString");
  return line ? { color: BLACK, weight: 4 } :
    { color: BLACK, dashArray: "9 5", fill: true, fillColor: BLUE, fillOpacity: 0.12, weight: 3 };
}

/* A point has no outline: its number is all of it. */
function buildOutline(geometry, look) {
  return L.geoJSON(geometry, {
    interactive: look.interactive !== false,
    style: { fill: false, ...look },
    pointToLayer: (_, at) => L.circleMarker(at, { ...quiet, radius: 1, opacity: 0, fillOpacity: 0 }),
  });
}

function buildMark(suggestion, [lng, lat], k) {
  const text = document.createElement("span");
  text.textContent = String(suggestion.rank);
  const mark = L.marker([lat, lng], {
    icon: L.divIcon({ className: "app-rank", html: text, iconSize: [MARK_PX, MARK_PX] }),
    keyboard: k === 0, zIndexOffset: 1000 - 10 * suggestion.rank,
    title: `Suggestion ${suggestion.rank}: ${suggestion.name}`,
  });
  mark.beside = [0, 0];
  mark.on("add", () => {
    const button = mark.getElement();
    button.setAttribute("aria-label", mark.options.title);
    if (k > 0) { button.setAttribute("aria-hidden", "true"); }
  });
  return mark;
}

/* Numbers stand beside one another where their places are too near to tell apart. */
export function spreadMarks(map, views) {
  const placed = [];
  Array.from(views.values()).flatMap((view) => view.marks).forEach((mark) => {
    mark.beside = findRoom(map.latLngToContainerPoint(mark.getLatLng()), placed) || MOVES[0];
    const button = mark.getElement();
    if (!button) { return; }
    button.style.marginLeft = `${mark.beside[0] - MARK_PX / 2}px`;
    button.style.marginTop = `${mark.beside[1] - MARK_PX / 2}px`;
  });
}

/* A move to where nothing is placed yet, and place it there; undefined where there is no
 * room. What is placed may need `room` beyond the usual. */
export function findRoom(at, placed) {
  const isFree = (move) => placed.every(
    (other) => other.distanceTo(at.add(move)) >= APART_PX + (other.room || 0));
  const move = MOVES.find(isFree);
  if (move) { placed.push(at.add(move)); }
  return move;
}

export function showChosen(views, rank) {
  views.forEach((view) => {
    const chosen = view.suggestion.rank === rank;
    view.casing.setStyle({ color: chosen ? "#ffdd00" : "#ffffff", weight: chosen ? 11 : 8 });
    view.marks.forEach((mark) => {
      const button = mark.getElement();
      if (button) { button.classList.toggle("app-rank--selected", chosen); }
    });
  });
}
