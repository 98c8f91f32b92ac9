/* A map of a few outlines or points on the ground. */
import { buildGround, plain } from "./ground.js";

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
    style: { color: "#0b0c0c", fillColor: "#1d70b8", fillOpacity: 0.35, weight: 2 },
  });
  const bounds = shapes.getBounds();
  if (bounds.isValid()) { map.fitBounds(bounds, { animate: false, maxZoom: 16, padding: [25, 25] }); }
  buildGround(map, box);
  shapes.addTo(map);
  box.dataset.ready = "true";
}
