/* A place chosen by clicking a small map, or by moving its middle there and Enter. */
import { buildGround, plain } from "../parts/ground.js";

document.querySelectorAll("[data-pick]").forEach((fold) => {
  fold.addEventListener("toggle", () => draw(fold), { once: true });
});

function draw(fold) {
  const box = fold.querySelector(".app-map");
  const input = document.getElementById(fold.dataset.pick);
  const credit = box.dataset.credit;
  const map = L.map(box, {
    attributionControl: Boolean(credit), fadeAnimation: false, maxZoom: 18, minZoom: 7,
    zoomAnimation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches, zoomSnap: 0.5,
  });
  map.zoomControl.setPosition("bottomright");
  map.attributionControl?.setPrefix(false).addAttribution(plain(credit));
  const [west, south, east, north] = JSON.parse(box.dataset.bounds);
  map.fitBounds([[south, west], [north, east]], { animate: false });
  buildGround(map, box);
  const mark = L.circleMarker([0, 0], { color: "#0b0c0c", fillColor: "#ffdd00", fillOpacity: 1, radius: 8, weight: 3 });
  const take = (at) => {
    mark.setLatLng(at).addTo(map);
    input.value = `${at.lng.toFixed(5)},${at.lat.toFixed(5)}`;
    fold.querySelector("[role=status]").textContent = `Chosen: ${input.value}.`;
  };
  map.on("click", (event) => take(event.latlng));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === box) { event.preventDefault(); take(map.getCenter()); }
  });
  box.dataset.ready = "true";
}
