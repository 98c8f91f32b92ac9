/* Names on the map: each where there is room, none on another, on a number or cut off. */
const STREETS_FROM_ZOOM = 15.5;
const APART_PX = 2; /* a name is drawn at whole pixels, half a one off at most */
const MOST_NAMES = 60;
const GRID_PX = 30;
const AREA = { className: "app-area-name", font: "13px arial", line: 15, widest: 96 };
const STREET = { className: "app-street-name", font: "12px arial", line: 14, widest: 400 };
const measure = document.createElement("canvas").getContext("2d");

/* `areas` and `streets` hold what has a name; `isTaken` gives rectangles to keep free. */
export function keepLabels(map, { areas, streets, streetsLayer, listTaken }) {
  const labels = L.layerGroup().addTo(map);
  const place = () => {
    labels.clearLayers();
    const near = map.getZoom() >= STREETS_FROM_ZOOM && map.hasLayer(streetsLayer || labels);
    const taken = [...listControls(map), ...listTaken()];
    const found = near && streets.length ? placeStreets(map, streets, taken) :
      placeAreas(map, areas, taken);
    found.forEach((label) => labels.addLayer(label));
  };
  map.on("moveend", place);
  place();
  return { place, hideUnder: (boxes) => hideUnder(map, labels, boxes) };
}

function hideUnder(map, labels, boxes) {
  labels.eachLayer((label) => {
    const { x, y } = map.latLngToContainerPoint(label.getLatLng());
    const box = boxAround(x, y, ...label.options.icon.options.iconSize);
    const isUnder = boxes.some((other) => overlap(box, other));
    label.getElement().style.visibility = isUnder ? "hidden" : "";
  });
}

/* As near to the middle of what is seen of the area as there is room inside it. */
function placeAreas(map, areas, taken) {
  const size = map.getSize();
  return areas.map((area) => {
    const west = map.latLngToContainerPoint(area.bounds.getNorthWest());
    const east = map.latLngToContainerPoint(area.bounds.getSouthEast());
    if (east.x - west.x < 100 || east.y - west.y < 50) { return null; }
    const seen = {
      left: Math.max(0, west.x), right: Math.min(size.x, east.x),
      top: Math.max(0, west.y), bottom: Math.min(size.y, east.y),
    };
    if (seen.right - seen.left < 40 || seen.bottom - seen.top < 20) { return null; }
    const rings = area.rings.map((ring) => ring.map(
      ([lng, lat]) => map.latLngToContainerPoint([lat, lng])));
    const half = sizeOf(area.name, AREA)[0] / 2;
    const isInside = ({ x, y }) => [-half, 0, half].every((by) => rings.some(
      (ring) => isIn(ring, x + by, y)));
    const spots = listSpots(seen, map.latLngToContainerPoint(area.at)).filter(isInside);
    return placeOne(map, area.name, spots, taken, AREA);
  }).filter(Boolean);
}

/* A grid over a rectangle, nearest to the wanted spot (or the middle) first. */
function listSpots({ left, right, top, bottom }, wanted) {
  const isSeen = wanted.x > left && wanted.x < right && wanted.y > top && wanted.y < bottom;
  const middle = isSeen ? wanted : L.point((left + right) / 2, (top + bottom) / 2);
  const spots = [middle];
  for (let x = left + GRID_PX / 2; x < right; x += GRID_PX) {
    for (let y = top + GRID_PX / 2; y < bottom; y += GRID_PX) { spots.push(L.point(x, y)); }
  }
  return spots.sort((one, two) => one.distanceTo(middle) - two.distanceTo(middle));
}

/* Whether a point is in a ring: a line from it crosses the ring an odd number of times. */
function isIn(ring, x, y) {
  let inside = false;
  for (let k = 0, last = ring.length - 1; k < ring.length; last = k, k += 1) {
    const [a, b] = [ring[k], ring[last]];
    const crosses = (a.y > y) !== (b.y > y) &&
      x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x;
    if (crosses) { inside = !inside; }
  }
  return inside;
}

/* Beside the middle of the street, so that no line runs through its name. */
function placeStreets(map, streets, taken) {
  const view = map.getBounds();
  const found = [];
  for (const street of streets) {
    if (found.length >= MOST_NAMES) { break; }
    if (!view.contains(street.at)) { continue; }
    const [a, b] = street.part.map((at) => map.latLngToContainerPoint(at));
    const half = sizeOf(street.name, STREET)[0] / 2 + 7;
    const moves = Math.abs(a.x - b.x) >= Math.abs(a.y - b.y) ?
      [[0, -11], [0, 12]] : [[half, 0], [-half, 0]];
    const middle = map.latLngToContainerPoint(street.at);
    const spots = moves.map((move) => middle.add(move));
    const label = placeOne(map, street.name, spots, taken, STREET);
    if (label) { found.push(label); }
  }
  return found;
}

function placeOne(map, name, spots, taken, look) {
  const [width, height] = sizeOf(name, look);
  const size = map.getSize();
  for (const spot of spots) {
    const box = boxAround(spot.x, spot.y, width + APART_PX, height + APART_PX);
    const inside = box.left > 2 && box.top > 2 &&
      box.right < size.x - 2 && box.bottom < size.y - 2;
    if (inside && !taken.some((other) => overlap(box, other))) {
      taken.push(box);
      return buildLabel(
        map.containerPointToLatLng(spot), name, look.className, [width, height]);
    }
  }
  return null;
}

function sizeOf(name, look) {
  measure.font = look.font;
  const whole = measure.measureText(name).width;
  if (whole <= look.widest) { return [whole + 4, look.line]; }
  const words = name.split(" ").map((word) => measure.measureText(word).width);
  const width = Math.max(look.widest - 6, ...words);
  return [width + 6, look.line * (Math.ceil(whole / width) + (words.length > 3 ? 1 : 0))];
}

function buildLabel(at, words, className, size) {
  const text = document.createElement("span");
  text.textContent = words;
  text.setAttribute("aria-hidden", "true");
  return L.marker(at, {
    icon: L.divIcon({ className, html: text, iconSize: size }),
    interactive: false, keyboard: false, pane: "names",
  });
}

function listControls(map) {
  const { left, top } = map.getContainer().getBoundingClientRect();
  return Array.from(map.getContainer().querySelectorAll(".leaflet-control"), (control) => {
    const box = control.getBoundingClientRect();
    return { left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top };
  });
}

export function boxAround(x, y, width, height) {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

export function overlap(one, two) {
  return one.left < two.right && two.left < one.right &&
    one.top < two.bottom && two.top < one.bottom;
}
