/* A map of a few outlines or points on the ground. */
import { buildGround, plain } from "./ground.js";

const DISC_PX = 26;
const OUTLINE = { color: "#0b0c0c", fillColor: "#1d70b8", fillOpacity: 0.35, weight: 2 };
const IN_HAND = { ...OUTLINE, fillColor: "#d4351c", weight: 4 };
document.querySelectorAll("[data-shapes]").forEach(draw);

function draw(box) {
  const credit = box.dataset.credit;
  const map = L.map(box, {
    attributionControl: Boolean(credit), fadeAnimation: false, maxZoom: 18, minZoom: 7,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches, zoomSnap: 0.5,
  });
  map.zoomControl.setPosition("bottomright");
  L.control.scale({ maxWidth: 120, imperial: false }).addTo(map);
  map.attributionControl?.setPrefix(false).addAttribution(plain(credit));
  const shapes = L.geoJSON(JSON.parse(box.dataset.shapes), {
    interactive: false,
    pointToLayer: (_, at) => L.circleMarker(at, { radius: 4 }),
    style: OUTLINE,
  });
  look(map, shapes);
  buildGround(map, box);
  shapes.addTo(map);
  const numbers = shapes.getLayers().filter((one) => one.feature.properties.number).map(numbered);
  map.on("zoomend", () => { apart(map, numbers); });
  apart(map, numbers);
  box.addEventListener("in-hand", ({ detail }) => { hold(map, shapes, detail); });
  new ResizeObserver(() => { map.invalidateSize(); }).observe(box);
  box.dataset.ready = "true";
}

/* Bring what is in hand before one's eyes; all of them, if nothing is. */
function hold(map, shapes, number) {
  map.invalidateSize();
  const held = (one) => String(one.feature.properties.number) === number;
  shapes.getLayers().forEach((one) => { one.setStyle?.(held(one) ? IN_HAND : OUTLINE); });
  look(map, L.featureGroup(number === null ? shapes.getLayers() : shapes.getLayers().filter(held)));
}

function look(map, shapes) {
  const bounds = shapes.getBounds();
  if (bounds.isValid()) { map.fitBounds(bounds, { animate: false, maxZoom: 16, padding: [25, 25] }); }
}

function numbered(shape) {
  const at = shape.getBounds ? shape.getBounds().getCenter() : shape.getLatLng();
  const icon = L.divIcon({
    className: "app-rank", html: plain(shape.feature.properties.number), iconSize: [DISC_PX, DISC_PX],
  });
  return L.marker(at, { icon, interactive: false, keyboard: false });
}

/* Numbers never lie on one another: the first stands, the next ones when one zooms in. */
function apart(map, numbers) {
  const taken = [];
  numbers.forEach((marker) => {
    const at = map.latLngToLayerPoint(marker.getLatLng());
    const free = taken.every((other) => at.distanceTo(other) > DISC_PX);
    if (free) { taken.push(at); marker.addTo(map); } else { marker.remove(); }
  });
}
