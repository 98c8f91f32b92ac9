/* Cells of two periods: more, fewer, or nothing can be said. */
import { getJson } from "../parts/fetch.js";

const scaleOf = (than) => ({
  breaks: [-0.5, 0.5],
  classes: [
    { colour: "#2f6fa8", hatched: true, label: `Fewer than ${than}` },
    { colour: "#dadada", hatched: false, label: "Cannot tell" },
    { colour: "#7a1550", hatched: false, label: `More than ${than}` },
  ],
});
const LEVELS = { fewer: -1, "cannot tell": 0, more: 1 };

export async function showDifference(view, says) {
  const legend = document.getElementById("legend");
  legend.replaceChildren();
  try {
    view.found ??= await getJson(view.addresses.difference);
  } catch (error) {
    view.layer.setData([], [], scaleOf("before"));
    says.textContent = error.message;
    return { cells: [] };
  }
  const levels = view.found.word.map((word) => LEVELS[word]);
  const than = view.found.there ? `in ${view.found.there}` : "before";
  const scale = scaleOf(than);
  view.layer.setData(view.found.cells, levels, scale);
  legend.replaceChildren(HotspotsMap.buildLegend(scale, `More or fewer than ${than}`));
  says.textContent = view.found.sentence;
  return view.found;
}

export function differenceFacts(found, id) {
  const k = found.cells.indexOf(id);
  const p = found.p_adjusted[k];
  const where = found.street[k] || found.ward[k] || "Cell";
  return HotspotsMap.buildFacts(where, [
    ["Now", HotspotsMap.number(found.n_now[k])],
    [found.there ? `As much ground of ${found.there}` : "Before", HotspotsMap.number(found.n_before[k], 1)],
    ["What can be said", found.word[k]],
    ["Adjusted p", p < 0.001 ? "under 0.001" : p.toFixed(3)],
    ["Ward", found.ward[k] || "none"],
    ["Cell", id],
  ], "h2");
}
