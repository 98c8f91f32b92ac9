/* What every page needs: GOV.UK components and tables that sort. */
import { initAll } from "../vendor/govuk-frontend/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll("[data-tick]").forEach(makeTick);

/* All or none of the boxes that stand with a button. */
function makeTick(button) {
  button.addEventListener("click", () => {
    const boxes = button.closest("[role=group], fieldset").querySelectorAll("input[type=checkbox]");
    boxes.forEach((one) => { one.checked = button.dataset.tick === "all"; });
  });
}

/* Put a button in each heading that can be sorted, and say the order in aria-sort. */
function makeSortable(table) {
  const status = document.createElement("p");
  status.className = "govuk-visually-hidden";
  status.setAttribute("role", "status");
  table.closest(".app-scroll").after(status);
  table.querySelectorAll("thead th[data-sort]").forEach((heading) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-sort";
    button.textContent = heading.textContent.trim();
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, heading, status));
  });
}

function sortBy(table, heading, status) {
  const text = heading.dataset.sort === "text";
  const first = text ? "ascending" : "descending";
  const second = text ? "descending" : "ascending";
  const order = heading.getAttribute("aria-sort") === first ? second : first;
  table.querySelectorAll("thead th[data-sort]").forEach((other) => {
    other.setAttribute("aria-sort", other === heading ? order : "none");
  });
  const body = table.tBodies[0];
  const sign = order === "ascending" ? 1 : -1;
  const compare = text ? compareText : compareNumbers;
  const keyed = Array.from(body.rows, (row) => [sortKey(row.cells[heading.cellIndex]), row]);
  keyed.sort((a, b) => compare(a[0], b[0], sign));
  body.append(...keyed.map((pair) => pair[1]));
  status.textContent = `Sorted by ${heading.textContent.trim()}, ${order}.`;
}

function sortKey(cell) {
  return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
}

function compareText(a, b, sign) {
  return sign * a.localeCompare(b, "en-GB", { numeric: true });
}

/* Cells without a number stay last in both orders. */
function compareNumbers(a, b, sign) {
  const gaps = Number(a === "") - Number(b === "");
  return gaps || sign * (Number(a) - Number(b));
}
