/* Layers over the cells, which never change what is counted. */
import { getJson } from "../parts/fetch.js";
import { findRoom } from "../plans/layers.js";
import { read, write } from "./state.js";

const LOOKS = {
  suggested: { color: "#1d70b8", dashArray: "7 5" },
  out: { color: "#00703c" },
  compared: { color: "#54319f", dashArray: "2 6" },
  zones: { color: "#942514", dashArray: "4 3" },
  concerns: { color: "#00625c", dashArray: "10 4 2 4" },
};
const CHIP = [26, 24];

export function connectOverlays(view, panel) {
  view.over = new Map();
  boxes().forEach((box) => {
    box.addEventListener("change", async () => {
      write({ over: boxes().filter((one) => one.checked).map((one) => one.value).join(",") });
      await sync(view, panel, box);
    });
  });
  view.map.on("zoomend", () => spread(view));
}

/* Show the layers that the address names. */
export function restoreOverlays(view, panel) {
  const wanted = read("over").split(",");
  return Promise.all(boxes().map((box) => {
    box.checked = !box.disabled && wanted.includes(box.value);
    return sync(view, panel, box);
  }));
}

function boxes() {
  return [...document.querySelectorAll("input[name=over]")];
}

async function sync(view, panel, box) {
  const says = document.getElementById("over-says");
  try {
    if (box.checked && !view.over.has(box.value)) {
      view.over.set(box.value, build(panel, box.value, await getJson(box.dataset.items)));
    }
  } catch (error) {
    box.checked = false;
    says.textContent = error.message;
  }
  const shown = view.over.get(box.value);
  if (!shown) { return; }
  if (box.checked) { shown.group.addTo(view.map); } else { shown.group.remove(); }
  says.textContent = box.checked && !shown.chips.length ?
    `${box.dataset.title}: there is nothing.` : letters(view);
  spread(view);
  showMarking(view);
}

function build(panel, id, { items }) {
  const look = { ...LOOKS[id], weight: 3, fillOpacity: 0.08 };
  const drawn = items.filter((item) => item.geometry);
  const chips = [];
  const group = L.layerGroup(drawn.flatMap((item) => {
    const shape = L.geoJSON(item.geometry, {
      style: look,
      pointToLayer: (_, at) => (item.radius_m ? L.circle(at, { radius: item.radius_m }) :
        L.circleMarker(at, { radius: 5, fillOpacity: 1 })),
    });
    const [lng, lat] = item.geometry.type === "Point" ? item.geometry.coordinates : [];
    const chip = buildChip(id, item, lat ? [lat, lng] : shape.getBounds().getCenter());
    const choose = (event) => {
      L.DomEvent.stopPropagation(event);
      panel(item);
    };
    shape.on("click", choose);
    chip.on("click", choose);
    chip.on("keypress", (event) => {
      if (["Enter", " "].includes(event.originalEvent?.key)) { panel(item); }
    });
    chips.push(chip);
    return [shape, chip];
  }));
  const groups = drawn.map((item) => `${item.label.charAt(0)} ${item.group}`);
  return { group, groups, chips, marking: drawn.find((item) => item.marking !== "OFFICIAL")?.marking };
}

function buildChip(id, item, at) {
  const text = document.createElement("span");
  text.textContent = item.label;
  const chip = L.marker(at, {
    icon: L.divIcon({ className: `app-chip app-chip--${id}`, html: text, iconSize: CHIP }),
    title: `${item.group} ${item.label}: ${item.name}. ${item.says}`,
  });
  chip.on("add", () => chip.getElement().setAttribute("aria-label", chip.options.title));
  return chip;
}

/* No chip lies on another, nor on the number of a place; one without room shows again
 * as the map comes nearer, and stands in the table. */
function spread(view) {
  const { map } = view;
  const placed = [...view.markers.values()]
    .filter((mark) => !mark.getElement().classList.contains("app-rank--under"))
    .map((mark) => {
      const at = map.latLngToContainerPoint(mark.getLatLng());
      at.room = mark.getElement().offsetWidth / 2 - CHIP[1] / 2;
      return at;
    });
  shownOver(view).flatMap((one) => one.chips).forEach((chip) => {
    const move = findRoom(map.latLngToContainerPoint(chip.getLatLng()), placed);
    chip.getElement().classList.toggle("app-rank--under", !move);
    const [x, y] = move || [0, 0];
    chip.getElement().style.marginLeft = `${x - CHIP[0] / 2}px`;
    chip.getElement().style.marginTop = `${y - CHIP[1] / 2}px`;
  });
}

/* What the letters on the chips stand for. */
function letters(view) {
  const groups = shownOver(view).flatMap((one) => one.groups);
  return [...new Set(groups)].sort().join(", ");
}

function shownOver(view) {
  return [...view.over.values()].filter((one) => view.map.hasLayer(one.group));
}

/* The page is marked by the most sensitive thing that it shows. */
function showMarking(view) {
  const box = document.getElementById("marking");
  box.textContent = shownOver(view).find((one) => one.marking)?.marking || box.dataset.usual;
}
