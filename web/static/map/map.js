/* The map of the main page: what it draws, what a choice shows, nothing that the
 * tables below it do not say as well. */
import { getJson } from "../parts/fetch.js";
import { differenceFacts, showDifference } from "./difference.js";
import { connectDraw } from "./draw.js";
import { connectOverlays, restoreOverlays } from "./overlays.js";
import { connectUndo, read, write } from "./state.js";
import { connectTime } from "./time.js";
import { connectViews } from "./views.js";
import { GROUNDS, buildGround, plain } from "../parts/ground.js";

const LAYERS = {
  count: {
    title: "Incidents in a cell",
    values: (_, view) => view.counts,
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
const RANK_PX = [26, 46];
const CELLS_FROM_ZOOM = 11.5; // a step that is rounded up: below it tiles would be made, and removed
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
  view.ground = buildGround(view.map, container);
  view.panel = document.getElementById("why");
  view.usual = view.panel.firstElementChild;
  view.places = new Map(cells.cells.map((id, k) => [id, k]));
  drawAreas(view.map, areas);
  view.layer = new HotspotsMap.CellsLayer({
    fillOpacity: view.ground ? 0.8 : 0.85, minZoom: CELLS_FROM_ZOOM,
  }).addTo(view.map);
  view.mark = L.layerGroup().addTo(view.map);
  drawHotspots(view);
  showHotspots(view);
  view.counts = cells.n_incidents;
  view.addresses = container.dataset;
  await showLayer(view, chosenLayer());
  connect(view, container);
  connectTime(view, () => showLayer(view, chosenLayer()));
  const showItem = (item) => chooseItem(view, item);
  connectOverlays(view, showItem);
  connectViews();
  keepApart(view);
  connectFind(view);
  connectDarkRoom(view);
  connectDraw(view);
  document.getElementById("key").open = container.clientWidth > 500;
  sayView(view.map, container);
  await connectUndo(() => restore(view, showItem));
  rememberView(view.map);
  container.dataset.ready = "true";
}

function buildMap(container) {
  const map = L.map(container, {
    attributionControl: Boolean(container.dataset.credit),
    fadeAnimation: false,
    maxZoom: 18,
    minZoom: 7,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    zoomSnap: 0.5,
  });
  map.zoomControl.setPosition("bottomright");
  L.control.scale({ maxWidth: 160, imperial: false }).addTo(map);
  if (map.attributionControl) {
    map.attributionControl.setPrefix(false).addAttribution(
      plain(container.dataset.credit));
  }
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

function connectDarkRoom(view) {
  const button = document.getElementById("dark");
  button.hidden = !view.ground;
  button.addEventListener("click", () => {
    const dark = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(dark));
    document.body.classList.toggle("app-dark", dark);
    view.ground.layers.forEach((layer) => layer.remove());
    view.ground.layers = view.ground.style(GROUNDS[dark ? "dark" : "light"])
      .map((layer) => layer.addTo(view.map));
  });
}

/* --- finding ----------------------------------------------------------------------------- */

function connectFind(view) {
  const form = document.getElementById("find");
  const list = document.getElementById("found");
  const input = document.getElementById("find-text");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = new URL(form.action);
    address.searchParams.set("q", input.value);
    const { found } = await getJson(address);
    showFound(view, list, found);
    if (found.length === 1) { goTo(view, list, found[0]); }
  });
  input.addEventListener("input", () => { list.hidden = true; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { list.hidden = true; input.focus(); }
  });
}

function showFound(view, list, found) {
  list.replaceChildren(...found.map((place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-find__hit";
    button.textContent = `${place.name}, ${place.kind}`;
    button.addEventListener("click", () => goTo(view, list, place));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  list.hidden = !found.length;
  document.getElementById("find-status").textContent = found.length ?
    `${found.length} found` : "Nothing of that name is known here.";
}

function goTo(view, list, place) {
  list.hidden = true;
  const at = [place.at[1], place.at[0]];
  view.map.setView(at, Math.max(view.map.getZoom(), 15.5), { animate: false });
  view.mark.clearLayers();
  L.circleMarker(at, { color: "#0b0c0c", fill: false, interactive: false, radius: 14, weight: 3 })
    .addTo(view.mark);
  document.getElementById("find-status").textContent =
    `The map shows ${place.name}, ${place.kind}.`;
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
      icon: rankIcon(view, hotspot, false), title: `Hotspot ${hotspot.rank}: ${hotspot.name}`,
      zIndexOffset: 1000 - 10 * hotspot.rank,
    }).addTo(view.map);
    marker.on("click keypress", (event) => {
      const key = event.originalEvent && event.originalEvent.key;
      if (event.type === "click" || key === "Enter" || key === " ") {
        chooseHotspot(view, hotspot);
      }
    });
    marker.bounds = L.latLngBounds(rings.flat());
    marker.rank = hotspot.rank;
    view.markers.set(hotspot.rank, marker);
  });
}

/* The more incidents, the larger: area goes with the count. */
function rankSize(view, hotspot) {
  const largest = Math.max(...view.hotspots.map((one) => one.n_incidents));
  const [low, high] = RANK_PX;
  return Math.round(Math.max(low, high * Math.sqrt(hotspot.n_incidents / largest)));
}

/* No number lies on another: where they would, the better rank stands, with a plus. */
function keepApart(view) {
  const place = () => {
    const shown = [];
    view.hotspots.forEach((hotspot) => {
      const marker = view.markers.get(hotspot.rank);
      const at = view.map.latLngToLayerPoint(marker.getLatLng());
      const radius = rankSize(view, hotspot) / 2;
      const under = shown.find((one) => one.at.distanceTo(at) < one.radius + radius);
      marker.getElement().classList.toggle("app-rank--under", Boolean(under));
      if (!under) { shown.push({ at, radius }); }
    });
  };
  view.keepApart = place;
  view.map.on("zoomend", place);
  place();
}

/* Show what the address says: layer, time, position, what is chosen, what lies over. */
async function restore(view, showItem) {
  const layer = document.querySelector(`input[name=layer][value="${CSS.escape(read("layer") || "count")}"]`);
  if (layer && !layer.checked) {
    layer.checked = true;
    await showLayer(view, layer.value);
  }
  await view.restoreTime(read("time"));
  const hotspot = view.hotspots.find((one) => String(one.rank) === read("place"));
  if (hotspot) { chooseHotspot(view, hotspot); } else { showUsual(view); }
  const at = read("map").split(",").map(Number);
  if (at.length === 3 && at.every(Number.isFinite)) {
    view.map.setView([at[1], at[2]], at[0], { animate: false });
  } else if (!hotspot) { showHotspots(view); }
  await restoreOverlays(view, showItem);
}

function rememberView(map) {
  map.on("moveend", () => {
    const { lat, lng } = map.getCenter();
    write({ map: [map.getZoom(), lat.toFixed(5), lng.toFixed(5)].join(",") }, { quiet: true });
  });
}

function rankIcon(view, hotspot, selected) {
  const size = rankSize(view, hotspot);
  const text = document.createElement("span");
  text.textContent = String(hotspot.rank);
  return L.divIcon({
    className: `app-rank${selected ? " app-rank--selected" : ""}`,
    html: text,
    iconSize: [size, size],
  });
}

/* --- layers ---------------------------------------------------------------------------- */

function chosenLayer() {
  const chosen = document.querySelector("input[name=layer]:checked");
  return chosen ? chosen.value : "count";
}

async function showLayer(view, name) {
  const says = document.getElementById("layer-says");
  says.textContent = "";
  view.difference = null;
  if (name === "difference") {
    view.difference = await showDifference(view, says);
    return;
  }
  const layer = LAYERS[name];
  const all = layer.values(view.cells, view);
  const scale = layer.scale(all.filter((_, k) => view.counts[k] > 0));
  const brushed = view.counts !== view.cells.n_incidents;
  const kept = brushed && name === "count" ? [...all.keys()].filter((k) => all[k] > 0) : null;
  view.layer.setData(
    kept ? kept.map((k) => view.cells.cells[k]) : view.cells.cells,
    kept ? kept.map((k) => all[k]) : all, scale);
  document.getElementById("legend").replaceChildren(
    HotspotsMap.buildLegend(scale, layer.title));
}

/* --- choices ----------------------------------------------------------------------------- */

function connect(view, container) {
  view.layer.on("cellclick", (event) => {
    if (!view.drawing) { chooseCell(view, event.id); }
  });
  view.layer.on("emptyclick", () => {
    if (!view.drawing) { showNothing(view); }
  });
  document.querySelectorAll("input[name=layer]").forEach((input) => {
    input.addEventListener("change", () => {
      showLayer(view, input.value);
      write({ layer: input.value === "count" ? "" : input.value });
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
  if (hit) { chooseCell(view, hit.id); } else { showNothing(view); }
}

function chooseCell(view, id) {
  write({ place: "" });
  if (view.difference) {
    mark(view, null, h3.cellToBoundary(id));
    view.panel.replaceChildren(differenceFacts(view.difference, id));
    return;
  }
  const index = view.places.get(id);
  const rank = view.cells.hotspot[index];
  const hotspot = view.hotspots.find((one) => one.rank === rank);
  const ring = h3.cellToBoundary(id);
  mark(view, hotspot, ring);
  const facts = HotspotsMap.buildFacts(
    hotspot ? `Cell in hotspot ${rank}` : "Cell outside the hotspots",
    cellFacts(view, index), "h2");
  if (hotspot) { facts.append(...hotspotParts(hotspot)); }
  view.panel.replaceChildren(facts);
}

function cellFacts(view, k) {
  const cells = view.cells;
  const level = HotspotsMap.giLevels([cells.gi_z[k]], [cells.gi_p_adjusted[k]])[0];
  const z = cells.gi_z[k] === null ? "–" : cells.gi_z[k].toFixed(1);
  return [
    ["Incidents", HotspotsMap.number(cells.n_incidents[k])],
    ...(view.counts === cells.n_incidents ? [] :
      [["Of them in the time chosen", HotspotsMap.number(view.counts[k])]]),
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
  write({ place: String(hotspot.rank) });
  mark(view, hotspot, null);
  view.map.fitBounds(view.markers.get(hotspot.rank).bounds, {
    animate: false, maxZoom: 15.5, padding: [60, 60],
  });
  const facts = HotspotsMap.buildFacts(`Hotspot ${hotspot.rank}`, [], "h2");
  facts.querySelector("dl").remove();
  facts.append(...hotspotParts(hotspot));
  if (from) { facts.append(backButton(from)); }
  view.panel.replaceChildren(facts);
  if (from) { view.panel.focus({ preventScroll: true }); }
  view.panel.scrollIntoView({ block: "nearest" });
}

function hotspotParts(hotspot) {
  const [line, ...facts] = hotspot.facts;
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-list--bullet govuk-body-s app-tight";
  facts.forEach((fact) => {
    const item = document.createElement("li");
    item.textContent = fact;
    list.append(item);
  });
  const parts = [paragraph(hotspot.name, "govuk-!-font-weight-bold"), paragraph(line), list];
  if (hotspot.categories.length) {
    const counts = categoryCounts(hotspot.categories);
    parts.push(fold("Every kind", HotspotsMap.buildFacts("What happens here", counts, "h3")));
  }
  parts.push(fold("How sure?", paragraph(hotspot.how_sure)));
  return parts;
}

function fold(title, content) {
  const made = document.createElement("details");
  const summary = document.createElement("summary");
  summary.className = "app-fold";
  summary.textContent = title;
  made.append(summary, content);
  return made;
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

/* What lies over the map in the panel; a suggestion is decided on where it stands. */
async function chooseItem(view, item) {
  mark(view, null, null);
  const facts = HotspotsMap.buildFacts(`${item.group} ${item.label}`, [], "h2");
  facts.querySelector("dl").remove();
  facts.append(paragraph(item.name, "govuk-!-font-weight-bold"), paragraph(item.says));
  view.panel.replaceChildren(facts);
  view.panel.scrollIntoView({ block: "nearest" });
  if (!item.href) { return; }
  const more = paragraph("");
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = item.href;
  link.textContent = "Its own page, with every reason";
  more.append(link);
  facts.append(more);
  const answer = await fetch(item.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const standing = page.getElementById("standing");
  if (!standing || !facts.isConnected) { return; }
  standing.querySelectorAll("input[name=back]").forEach((back) => {
    back.value = window.location.pathname + window.location.search;
  });
  facts.append(document.adoptNode(standing));
}

function showUsual(view) {
  mark(view, null, null);
  view.panel.replaceChildren(view.usual);
}

function showNothing(view) {
  write({ place: "" });
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
    view.markers.get(one.rank).setIcon(rankIcon(view, one, one === hotspot));
  });
  document.querySelectorAll("tr[data-rank]").forEach((row) => {
    const chosen = Boolean(hotspot) && Number(row.dataset.rank) === hotspot.rank;
    row.classList.toggle("app-row--selected", chosen);
  });
  document.querySelectorAll("li[data-rank]").forEach((item) => {
    const chosen = Boolean(hotspot) && Number(item.dataset.rank) === hotspot.rank;
    item.classList.toggle("app-places__item--selected", chosen);
  });
  view.keepApart();
}
