/* Draw an area, see its counts at once, nudge it, keep it. Drawing by mouse or finger is
 * leaflet-geoman's, fetched when it is first wanted; corners can be typed as well. */
const token = document.querySelector("meta[name=csrf-token]")?.content;
const LINE = { color: "#0b0c0c", fillOpacity: 0.08, weight: 3 };

export function connectDraw(view) {
  const button = document.getElementById("draw");
  const form = document.getElementById("draw-form");
  const draw = { view, form, shape: null, corners: [] };
  button.addEventListener("click", async () => {
    form.hidden = false;
    setDrawing(view, true);
    say(draw, "Choose the corners on the map; choose the first again to end. Or type them below.");
    await begin(draw);
  });
  document.getElementById("draw-typed").addEventListener("click", () => {
    count(draw, document.getElementById("draw-corners").value);
  });
  document.getElementById("draw-end").addEventListener("click", () => end(draw, button));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(draw);
  });
}

/* While an area is drawn a choice on the map is a corner, never a cell or a place. */
function setDrawing(view, on) {
  view.drawing = on;
  view.map.getContainer().classList.toggle("app-map--drawing", on);
}

async function begin(draw) {
  const { map } = draw.view;
  await geoman(document.getElementById("draw").dataset.script);
  L.PM.reInitLayer(map);
  clear(draw);
  map.pm.enableDraw("Polygon", {
    hintlineStyle: { ...LINE, dashArray: "4 6" }, pathOptions: LINE, templineStyle: LINE,
    tooltips: false, allowSelfIntersection: false,
  });
  draw.form.dataset.drawing = "true";
  map.off("pm:create");
  map.on("pm:create", (event) => {
    draw.shape = event.layer;
    draw.shape.pm.enable({ allowSelfIntersection: false });
    draw.shape.on("pm:edit", () => count(draw, cornersOf(draw.shape)));
    count(draw, cornersOf(draw.shape));
  });
}

let fetched = null;

function geoman(address) {
  fetched ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", done);
    script.addEventListener("error", () => failed(new Error("The drawing tool could not be fetched.")));
    document.head.append(script);
  });
  return fetched;
}

/* What can be taken hold of has a name for those who hear the page. */
function nameHandles(map) {
  map.getContainer().querySelectorAll(".marker-icon").forEach((handle) => {
    const middle = handle.classList.contains("marker-icon-middle");
    handle.setAttribute("aria-label", middle ? "Middle of a side" : "Corner");
  });
}

function cornersOf(shape) {
  return shape.getLatLngs()[0].map((at) => [at.lng, at.lat]);
}

async function count(draw, corners) {
  say(draw, "Counting …");
  const body = await send(draw, draw.form.dataset.inside, JSON.stringify({ corners }), "application/json");
  if (!body) { return; }
  draw.corners = body.corners;
  nameHandles(draw.view.map);
  if (typeof corners === "string") { show(draw, body.corners); }
  const kinds = body.categories.slice(0, 5).map(([name, n]) => `${name} ${HotspotsMap.number(n)}`);
  say(draw, [...body.sentences, ...(kinds.length ? [`${kinds.join(", ")}.`] : [])].join(" "));
  document.getElementById("draw-keep").hidden = false;
  draw.form.scrollIntoView({ block: "nearest" });
}

function show(draw, corners) {
  clear(draw);
  draw.view.map.pm?.disableDraw();
  draw.shape = L.polygon(corners.map(([lng, lat]) => [lat, lng]), LINE).addTo(draw.view.map);
  draw.view.map.fitBounds(draw.shape.getBounds(), { animate: false, maxZoom: 16, padding: [40, 40] });
}

async function keep(draw) {
  const told = new URLSearchParams(new FormData(draw.form));
  told.set("corners", draw.corners.map((at) => at.join(",")).join("\n"));
  const body = await send(draw, draw.form.action, told, "application/x-www-form-urlencoded");
  if (body) { window.location.assign(body.url); }
}

async function send(draw, address, body, type) {
  const answer = await fetch(address, {
    method: "POST", body,
    headers: { Accept: "application/json", "Content-Type": type, "X-CSRFToken": token },
  });
  const told = await answer.json();
  if (answer.ok) { return told; }
  say(draw, told.error);
  return null;
}

function say(draw, text) {
  document.getElementById("draw-says").textContent = text;
}

function clear(draw) {
  draw.shape?.remove();
  draw.shape = null;
}

function end(draw, button) {
  draw.view.map.pm?.disableDraw();
  clear(draw);
  draw.form.hidden = true;
  setDrawing(draw.view, false);
  document.getElementById("draw-keep").hidden = true;
  button.focus();
}
