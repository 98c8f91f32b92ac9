/* The page of a plan: choosing a suggestion on the map or in the table shows all its
 * reasons in the panel; pointing at it or reaching it by keyboard shows the others. */
import {
  buildCells, buildMap, buildStreets, drawAreas, listNamed,
} from "./ground.js";
import { getJson } from "../parts/fetch.js";
import { buildGround } from "../parts/ground.js";
import { boxAround, keepLabels } from "./labels.js";
import {
  drawExtras, drawSuggestions, listSmall, showChosen, spreadMarks,
} from "./layers.js";
import { drawOthers, letterOf } from "./others.js";
import { onPanelEscape, scrollToPanel, showPlaces, showReasons } from "./panel.js";

const CLOSEST = 16.5;
const SMALL_PX = 150;
const box = document.getElementById("plan-map");
const hint = document.getElementById("plan-hint");
if (box) {
  start(box).catch((error) => {
    console.error(error);
    box.textContent = "The map could not be drawn. The table and the reasons below say the same.";
  });
}

async function start(container) {
  const streetsAt = container.dataset.streets;
  const [plan, areas, streets] = await Promise.all([
    getJson(container.dataset.plan),
    getJson(container.dataset.areas),
    streetsAt ? getJson(streetsAt) : null,
  ]);
  const map = buildMap(container);
  buildGround(map, container)?.layers[1].remove(); // names are those of the plan
  const page = { map, plan, chosen: null, pointed: {}, layers: drawExtras(plan) };
  const named = drawAreas(map, areas);
  if (streets) { page.layers.set("streets", buildStreets(streets)); }
  const drawn = drawSuggestions(plan, map, (view, mark, first) => listen(page, view, mark, first));
  page.views = drawn.views;
  page.layers.set("suggestions", drawn.group);
  page.others = L.layerGroup().addTo(map);
  connect(page, container);
  map.on("moveend", () => spreadMarks(map, page.views));
  showPlan(page);
  page.labels = keepLabels(map, {
    areas: named,
    listTaken: () => listTaken(page),
    streets: streets ? listNamed(streets, (at) => isInPlan(page, at)) : [],
    streetsLayer: page.layers.get("streets"),
  });
  sayView(map, container);
  map.on("moveend", () => draw(page));
  showAsked(page);
  window.addEventListener("hashchange", () => showAsked(page));
  container.dataset.ready = "true";
}

/* Say in the document what is in view: west, south, east, north. */
function sayView(map, container) {
  const say = () => { container.dataset.view = map.getBounds().toBBoxString(); };
  map.on("moveend", say);
  say();
}

function showPlan(page) {
  const bounds = L.latLngBounds([]);
  page.views.forEach((view) => bounds.extend(view.bounds));
  page.map.fitBounds(bounds, { animate: false, maxZoom: CLOSEST, padding: [40, 40] });
}

/* The address of a card ends in the number of its suggestion. */
function showAsked(page) {
  const asked = /^#suggestion-(\d+)$/.exec(window.location.hash);
  const view = asked && page.views.get(Number(asked[1]));
  if (view) { goTo(page, view, tableButton(view)); }
}

function tableButton(view) {
  return document.querySelector(`#plan-table button[data-rank="${view.suggestion.rank}"]`);
}

/* What a name must not lie on: numbers, points, and places too small to hold a name. */
function listTaken(page) {
  const { map } = page;
  const isShown = (name) => map.hasLayer(page.layers.get(name));
  const extras = page.plan.layers.filter((layer) => isShown(layer.name))
    .flatMap((layer) => layer.items.map((item) => item.geometry));
  const views = isShown("suggestions") ? Array.from(page.views.values()) : [];
  return [...listMarks(map, views), ...[...extras, ...views.map((view) => view.suggestion.geometry)]
    .flatMap((geometry) => listSmall(map, geometry, SMALL_PX))];
}

function listMarks(map, views) {
  return Array.from(views).flatMap((view) => view.marks).map((mark) => {
    const { x, y } = map.latLngToContainerPoint(mark.getLatLng()).add(mark.beside);
    return boxAround(x, y, 34, 34);
  });
}

function isInPlan(page, at) {
  return Array.from(page.views.values()).some((view) => view.bounds.contains(at));
}

/* --- listening ---------------------------------------------------------------------- */

function listen(page, view, layer, first) {
  const choosing = () => choose(page, view, view.mark.getElement());
  layer.on("mouseover", () => point(page, view));
  layer.on("mouseout", () => point(page, null));
  layer.on("click", choosing);
  if (!first) { return; }
  layer.on("keypress", (event) => {
    const key = event.originalEvent && event.originalEvent.key;
    if (key === "Enter" || key === " ") { choosing(); }
  });
  layer.on("add", () => pointFrom(page, view, layer.getElement(), ["focus", "blur"]));
}

function pointFrom(page, view, element, [begins, ends]) {
  element.addEventListener(begins, () => point(page, view));
  element.addEventListener(ends, () => point(page, null));
}

function connect(page, container) {
  document.querySelectorAll("#plan-table tr[data-rank]").forEach((row) => {
    const view = page.views.get(Number(row.dataset.rank));
    pointFrom(page, view, row, ["mouseenter", "mouseleave"]);
  });
  document.querySelectorAll("button[data-rank]").forEach((button) => {
    const view = page.views.get(Number(button.dataset.rank));
    pointFrom(page, view, button, ["focus", "blur"]);
    if (!button.closest("tr")) { pointFrom(page, view, button, ["mouseenter", "mouseleave"]); }
    button.addEventListener("click", () => goTo(page, view, button));
  });
  document.querySelectorAll("input[data-layer]").forEach((input) => {
    const change = () => toggle(page, container, input);
    input.addEventListener("change", change);
    if (input.checked) { change(); }
  });
  document.getElementById("show-plan").addEventListener("click", () => showPlan(page));
  document.getElementById("show-areas").addEventListener("click", () => {
    page.map.fitBounds(page.map.whole, { animate: false, padding: [4, 4] });
  });
  onPanelEscape(() => goBack(page));
}

async function toggle(page, container, input) {
  const name = input.dataset.layer;
  if (name === "cells" && input.checked && !page.layers.has("cells")) {
    page.layers.set("cells", buildCells(await getJson(container.dataset.cells)));
  }
  const layer = page.layers.get(name);
  if (!layer) { return; }
  if (input.checked) { layer.addTo(page.map); } else { layer.remove(); }
  showChosen(page.views, page.chosen && page.chosen.suggestion.rank);
  spreadMarks(page.map, page.views);
  if (page.labels) { page.labels.place(); }
}

/* --- the other choices ---------------------------------------------------------------- */

function point(page, view, k = null) {
  page.pointed = { view, k };
  draw(page);
}

/* What is pointed at, in words over the map; else what is chosen, whose words are in
 * the panel. */
function draw(page) {
  const { view, k } = page.pointed;
  const shown = view || page.chosen;
  const said = view && view !== page.chosen;
  hint.textContent = said ? othersInWords(view.suggestion) : "";
  const height = said ? hint.offsetHeight : 0;
  const top = said && isLow(page, view, height);
  hint.classList.toggle("app-hint--top", top);
  const hidden = { top: top ? height : 0, bottom: top ? 0 : height };
  const taken = listMarks(page.map, page.views.values());
  const letters = drawOthers(page.map, page.others, shown && shown.suggestion, k, { hidden, taken });
  if (page.labels) { page.labels.hideUnder(letters); }
}

function isLow(page, view, height) {
  const { y } = page.map.latLngToContainerPoint(view.mark.getLatLng());
  return y > page.map.getSize().y - height - 30;
}

function othersInWords(suggestion) {
  const place = `${suggestion.rank}, ${suggestion.name}`;
  if (!suggestion.alternatives.length) { return `${place}. There is no other choice on the map.`; }
  const others = suggestion.alternatives.map((other, k) => `${letterOf(k)}) ${other.text}`);
  return `${place}. Other choices: ${others.join("; ")}.`;
}

/* --- the reasons -------------------------------------------------------------------------- */

function choose(page, view, from) {
  page.from = from;
  mark(page, view);
  point(page, null);
  showReasons(view.suggestion, backWords(from), {
    back: () => goBack(page),
    go: (k) => goToOther(page, view, k),
    point: (k) => point(page, k === null ? null : view, k),
  });
}

/* Show the place as well: it was chosen from a list. */
function goTo(page, view, from) {
  choose(page, view, from);
  page.map.fitBounds(view.bounds, { animate: false, maxZoom: CLOSEST, padding: [60, 60] });
  scrollToPanel();
}

function goToOther(page, view, k) {
  const [lng, lat] = view.suggestion.alternatives[k].at;
  page.map.fitBounds(L.latLngBounds(view.bounds.getSouthWest(), view.bounds.getNorthEast())
    .extend([lat, lng]), { animate: false, maxZoom: CLOSEST, padding: [40, 40] });
}

/* Show what is chosen: on the map and in the table. */
function mark(page, view) {
  page.chosen = view;
  const rank = view ? view.suggestion.rank : null;
  showChosen(page.views, rank);
  document.querySelectorAll("#plan-table tr[data-rank]").forEach((row) => {
    row.classList.toggle("app-row--selected", Number(row.dataset.rank) === rank);
  });
}

function backWords(from) {
  if (from.closest("table")) { return "Back to the table"; }
  return from.closest("#plan-map") ? "Back to the map" : "Back to the list";
}

function goBack(page) {
  mark(page, null);
  showPlaces();
  point(page, null);
  if (page.from && page.from.isConnected) { page.from.focus(); } else { box.focus(); }
}
