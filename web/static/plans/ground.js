/* What lies under a plan: outlines of areas, streets, cells; and which have a name. */
export function buildMap(container) {
  const map = L.map(container, {
    attributionControl: false,
    fadeAnimation: false,
    maxZoom: 19,
    minZoom: 7,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    zoomSnap: 0.25,
  });
  L.control.scale({ maxWidth: 140, position: "topright" }).addTo(map);
  const bounds = JSON.parse(container.dataset.bounds);
  map.whole = L.latLngBounds([bounds[1], bounds[0]], [bounds[3], bounds[2]]);
  map.createPane("streets").style.zIndex = 250;
  map.createPane("areas").style.zIndex = 300;
  map.createPane("names").style.zIndex = 450;
  map.getPane("names").style.pointerEvents = "none";
  return map.fitBounds(map.whole, { animate: false, padding: [4, 4] });
}

/* Draw the outlines; return the areas that carry their name. */
export function drawAreas(map, areas) {
  L.geoJSON(areas, {
    interactive: false,
    pane: "areas",
    style: (feature) => (feature.properties.kind === "priority neighbourhood" ?
      { color: "#0b0c0c", dashArray: "2 6", fill: false, weight: 2 } :
      { color: "#626a6e", fill: false, weight: 1.5 }),
  }).addTo(map);
  return areas.features.filter((feature) => feature.properties.named).map((feature) => ({
    at: [feature.properties.at[1], feature.properties.at[0]],
    bounds: L.geoJSON(feature).getBounds(),
    name: feature.properties.name,
    rings: listRings(feature.geometry),
  }));
}

function listRings({ type, coordinates }) {
  return type === "Polygon" ? [coordinates[0]] : coordinates.map((part) => part[0]);
}

/* One canvas under everything. */
export function buildStreets(streets) {
  const lines = streets.lines.map((line) => line.map(([lng, lat]) => [lat, lng]));
  return L.polyline(lines, {
    color: "#b1b4b6", interactive: false, pane: "streets",
    renderer: L.canvas({ pane: "streets", padding: 0.3 }), weight: 2,
  });
}

/* The longest section of each street of a name: its label stands beside the middle of
 * it. Those in the plan come first, then the longer ones. */
export function listNamed(streets, isInPlan) {
  const found = new Map();
  streets.lines.forEach((line, k) => {
    if (!streets.names[k] || line.length < 2) { return; }
    const [a, b] = [line[0], line[line.length - 1]];
    const length = Math.hypot((a[0] - b[0]) * 0.6, a[1] - b[1]);
    const key = `${streets.names[k]} ${Math.round(a[0] * 100)} ${Math.round(a[1] * 150)}`;
    const known = found.get(key);
    if (known && known.length >= length) { return; }
    const middle = Math.max(1, Math.floor(line.length / 2));
    const part = [line[middle - 1], line[middle]].map(([lng, lat]) => [lat, lng]);
    const at = [(part[0][0] + part[1][0]) / 2, (part[0][1] + part[1][1]) / 2];
    found.set(key, { at, inPlan: isInPlan(at), length, name: streets.names[k], part });
  });
  return Array.from(found.values())
    .sort((one, two) => two.inPlan - one.inPlan || two.length - one.length);
}

export function buildCells(cells) {
  const layer = new HotspotsMap.CellsLayer({ fillOpacity: 0.45 });
  return layer.setData(
    cells.cells, cells.n_incidents, HotspotsMap.countScale(cells.n_incidents));
}
