/* The map of the main page: what it draws, what a choice shows, nothing that the
 * tables below it do not say as well. */
const LAYERS = {
  count: {
    title: "Incidents in a cell",
    values: (cells) => cells.n_incidents,
    scale: HotspotsMap.countScale,
  },
  density: {
    title: "Incidents per square kilometre",
    values: (cells) => cells.kde_per_km2,
    scale: HotspotsMap.densityScale,
  },
  gi_star: {
    title: "Hot and cold spots (Gi*)",
    values: (cells) => HotspotsMap.giLevels(cells.gi_z, cells.gi_p_adjusted),
    scale: HotspotsMap.giScale,
  },
};
const RANK_PX = 28;
const N_CATEGORIES = 6;
const box = document.getElementById("map");
if (box) {
  start(box).catch((error) => {
    console.error(error);
    box.textContent =
      "The map could not be drawn. The tables below hold the same numbers.";
  });
}

async function start(container) {
  const [cells, hotspots, areas] = await Promise.all([
    getJson(container.dataset.cells),
    getJson(container.dataset.hotspots),
    getJson(container.dataset.areas),
  ]);
  const view = { map: buildMap(container), cells, hotspots: hotspots.hotspots };
  view.panel = document.getElementById("why");
  view.places = new Map(cells.cells.map((id, k) => [id, k]));
  drawAreas(view.map, areas);
  view.layer = new HotspotsMap.CellsLayer().addTo(view.map);
  view.mark = L.layerGroup().addTo(view.map);
  drawHotspots(view);
  showHotspots(view);
  showLayer(view, chosenLayer());
  connect(view, container);
  sayView(view.map, container);
  container.dataset.ready = "true";
}

async function getJson(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) { throw new Error(body.error); }
  return body;
}

function buildMap(container) {
  const map = L.map(container, {
    attributionControl: false,
    fadeAnimation: false,
    maxZoom: 18,
    minZoom: 7,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    zoomSnap: 0.5,
  });
  L.control.scale({ maxWidth: 160 }).addTo(map);
  const bounds = JSON.parse(container.dataset.bounds);
  map.whole = L.latLngBounds([bounds[1], bounds[0]], [bounds[3], bounds[2]]);
  return showAreas(map);
}

function showAreas(map) {
  return map.fitBounds(map.whole, { animate: false, padding: [4, 4] });
}

/* The places a meeting talks about; a district is mostly fields. */
function showHotspots(view) {
  const rings = view.hotspots.flatMap((hotspot) => hotspot.outline.flat());
  if (!rings.length) { return; }
  const bounds = L.latLngBounds(rings.map(([lng, lat]) => [lat, lng]));
  view.map.fitBounds(bounds, { animate: false, maxZoom: 15.5, padding: [30, 30] });
}

/* Say in the document what is in view: west, south, east, north. */
function sayView(map, container) {
  const say = () => { container.dataset.view = map.getBounds().toBBoxString(); };
  map.on("moveend", say);
  say();
}

/* --- areas -------------------------------------------------------------------------- */

function drawAreas(map, areas) {
  map.createPane("areas").style.zIndex = 300;
  map.createPane("names").style.zIndex = 390;
  const outlines = L.geoJSON(areas, {
    interactive: false,
    pane: "areas",
    style: (feature) => (feature.properties.kind === "priority neighbourhood" ?
      { color: "#0b0c0c", dashArray: "6 5", fill: false, weight: 2 } :
      { color: "#626a6e", fill: false, weight: 1 }),
  }).addTo(map);
  const names = areas.features
    .filter((feature) => feature.properties.named)
    .map((feature) => buildName(map, feature));
  const fit = () => names.forEach((name) => showIfItFits(map, name));
  map.on("zoomend", fit);
  fit();
  return outlines;
}

function buildName(map, feature) {
  const text = document.createElement("span");
  text.textContent = feature.properties.name;
  text.setAttribute("aria-hidden", "true");
  const [lng, lat] = feature.properties.at;
  const label = L.marker([lat, lng], {
    icon: L.divIcon({ className: "app-area-name", html: text, iconSize: [90, 30] }),
    interactive: false, keyboard: false, pane: "names",
  });
  return { label, bounds: L.geoJSON(feature).getBounds() };
}

/* A name is shown once its area is wide enough for it. */
function showIfItFits(map, name) {
  const west = map.latLngToLayerPoint(name.bounds.getNorthWest());
  const east = map.latLngToLayerPoint(name.bounds.getSouthEast());
  const fits = east.x - west.x > 100 && east.y - west.y > 50;
  if (fits) { name.label.addTo(map); } else { name.label.remove(); }
}

/* --- hotspots ------------------------------------------------------------------------- */

function drawHotspots(view) {
  view.markers = new Map();
  view.hotspots.forEach((hotspot) => {
    const rings = hotspot.outline.map((ring) => ring.map(([lng, lat]) => [lat, lng]));
    const outline = { fill: false, interactive: false };
    L.polygon(rings, { ...outline, color: "#ffffff", weight: 6 }).addTo(view.map);
    L.polygon(rings, { ...outline, color: "#0b0c0c", weight: 3 }).addTo(view.map);
    const marker = L.marker([hotspot.at[1], hotspot.at[0]], {
      icon: rankIcon(hotspot, false), title: `Hotspot ${hotspot.rank}: ${hotspot.name}`,
      zIndexOffset: 1000 - 10 * hotspot.rank,
    }).addTo(view.map);
    marker.on("click keypress", (event) => {
      const key = event.originalEvent && event.originalEvent.key;
      if (event.type === "click" || key === "Enter" || key === " ") {
        chooseHotspot(view, hotspot);
      }
    });
    marker.bounds = L.latLngBounds(rings.flat());
    view.markers.set(hotspot.rank, marker);
  });
}

function rankIcon(hotspot, selected) {
  const text = document.createElement("span");
  text.textContent = String(hotspot.rank);
  return L.divIcon({
    className: `app-rank${selected ? " app-rank--selected" : ""}`,
    html: text,
    iconSize: [RANK_PX, RANK_PX],
  });
}

/* --- layers ---------------------------------------------------------------------------- */

function chosenLayer() {
  const chosen = document.querySelector("input[name=layer]:checked");
  return chosen ? chosen.value : "count";
}

function showLayer(view, name) {
  const layer = LAYERS[name];
  const values = layer.values(view.cells);
  const scale = layer.scale(values);
  view.layer.setData(view.cells.cells, values, scale);
  document.getElementById("legend").replaceChildren(
    HotspotsMap.buildLegend(scale, layer.title));
}

/* Keep the address such that a reload, a bookmark or "Apply" shows the same layer. */
function rememberLayer(name) {
  const address = new URL(window.location.href);
  address.searchParams.set("layer", name);
  window.history.replaceState(null, "", address);
}

/* --- choices ----------------------------------------------------------------------------- */

function connect(view, container) {
  view.layer.on("cellclick", (event) => chooseCell(view, event.index));
  view.layer.on("emptyclick", () => showNothing(view));
  document.querySelectorAll("input[name=layer]").forEach((input) => {
    input.addEventListener("change", () => {
      showLayer(view, input.value);
      rememberLayer(input.value);
    });
  });
  document.querySelectorAll("button[data-rank]").forEach((button) => {
    button.addEventListener("click", () => {
      const rank = Number(button.dataset.rank);
      chooseHotspot(view, view.hotspots.find((hotspot) => hotspot.rank === rank), button);
    });
  });
  document.getElementById("show-areas").addEventListener(
    "click", () => showAreas(view.map));
  document.getElementById("show-hotspots").addEventListener(
    "click", () => showHotspots(view));
  container.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === container) { chooseCentre(view); }
  });
}

/* Enter on the map asks about its middle, so that no mouse is needed. */
function chooseCentre(view) {
  const hit = view.layer.cellAt(view.map.getCenter());
  if (hit) { chooseCell(view, hit.index); } else { showNothing(view); }
}

function chooseCell(view, index) {
  const rank = view.cells.hotspot[index];
  const hotspot = view.hotspots.find((one) => one.rank === rank);
  const id = view.cells.cells[index];
  const ring = h3.cellToBoundary(id);
  mark(view, hotspot, ring);
  const facts = HotspotsMap.buildFacts(
    hotspot ? `Cell in hotspot ${rank}` : "Cell outside the hotspots",
    cellFacts(view.cells, index));
  if (hotspot) { facts.append(...hotspotParts(hotspot)); }
  view.panel.replaceChildren(facts);
}

function cellFacts(cells, k) {
  const level = HotspotsMap.giLevels([cells.gi_z[k]], [cells.gi_p_adjusted[k]])[0];
  const z = cells.gi_z[k] === null ? "–" : cells.gi_z[k].toFixed(1);
  return [
    ["Incidents", HotspotsMap.number(cells.n_incidents[k])],
    ["Per square kilometre", HotspotsMap.number(cells.kde_per_km2[k])],
    ["Gi*", `${z}: ${giWord(level)}`],
    ["Ward", cells.wards[cells.ward[k]] || "none"],
    ["Cell", cells.cells[k]],
  ];
}

function giWord(level) {
  if (level === 0) { return "could be chance"; }
  const sure = Math.abs(level) === 2 ? "very unlikely" : "unlikely";
  return `${level > 0 ? "hot" : "cold"}, ${sure} to be chance`;
}

function chooseHotspot(view, hotspot, from) {
  mark(view, hotspot, null);
  view.map.fitBounds(view.markers.get(hotspot.rank).bounds, {
    animate: false, maxZoom: 15.5, padding: [60, 60],
  });
  const facts = HotspotsMap.buildFacts(`Hotspot ${hotspot.rank}`, [], "h3");
  facts.querySelector("dl").remove();
  facts.append(...hotspotParts(hotspot));
  if (from) { facts.append(backButton(from)); }
  view.panel.replaceChildren(facts);
  if (from) {
    view.panel.focus({ preventScroll: true });
    document.getElementById("map-section").scrollIntoView();
  }
}

function hotspotParts(hotspot) {
  const parts = [paragraph(hotspot.name, "govuk-!-font-weight-bold"), paragraph(hotspot.why)];
  if (hotspot.categories.length) {
    const counts = categoryCounts(hotspot.categories);
    parts.push(HotspotsMap.buildFacts("What happens here", counts, "h4"));
  }
  return parts;
}

/* The most frequent by name, the rest together. */
function categoryCounts(categories) {
  const rest = categories.slice(N_CATEGORIES).reduce((sum, [, n]) => sum + n, 0);
  const shown = categories.slice(0, N_CATEGORIES);
  return (rest ? [...shown, ["All others", rest]] : shown).map(
    ([name, n]) => [name, HotspotsMap.number(n)]);
}

function paragraph(text, className) {
  const made = document.createElement("p");
  made.className = `govuk-body-s govuk-!-margin-bottom-2 ${className || ""}`.trim();
  made.textContent = text;
  return made;
}

function backButton(from) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "app-link-button govuk-body-s app-no-print";
  button.textContent = "Back to the list";
  button.addEventListener("click", () => from.focus());
  return button;
}

function showNothing(view) {
  mark(view, null, null);
  view.panel.replaceChildren(paragraph("No incident is counted in this cell."));
}

/* Show what is chosen: on the map, on its marker, in the table. */
function mark(view, hotspot, ring) {
  view.mark.clearLayers();
  if (ring) {
    L.polygon(ring, { color: "#0b0c0c", fill: false, interactive: false, weight: 4 })
      .addTo(view.mark);
    L.polygon(ring, { color: "#ffdd00", fill: false, interactive: false, weight: 2 })
      .addTo(view.mark);
  }
  view.hotspots.forEach((one) => {
    view.markers.get(one.rank).setIcon(rankIcon(one, one === hotspot));
  });
  document.querySelectorAll("tr[data-rank]").forEach((row) => {
    const chosen = Boolean(hotspot) && Number(row.dataset.rank) === hotspot.rank;
    row.classList.toggle("app-row--selected", chosen);
  });
}
