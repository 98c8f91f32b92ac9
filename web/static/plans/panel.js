/* The panel beside the map: the places to choose from, or every reason for one. */
import { letterOf } from "./others.js";

const panel = document.getElementById("plan-panel");
const dialog = document.getElementById("plan-dialog");
const usual = panel ? Array.from(panel.childNodes) : [];

export function showPlaces() {
  panel.replaceChildren(...usual);
  panel.setAttribute("aria-label", "The reasons");
}

/* `hear` takes what is done: back(), point(k or null) and go(k) to another choice. */
export function showReasons(suggestion, backWords, hear) {
  const title = build("h3", "govuk-heading-s govuk-!-margin-bottom-2", titleOf(suggestion));
  const actions = build("p", "app-panel-actions app-no-print");
  actions.append(
    buildButton(backWords, hear.back),
    buildButton("All on one screen", () => showDialog(suggestion)));
  panel.replaceChildren(title, actions, ...listOthers(suggestion, hear), copyReasons(suggestion));
  panel.setAttribute("aria-label", `The reasons for ${suggestion.rank}, ${suggestion.name}`);
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
  if (!isInView()) { panel.scrollIntoView({ block: "nearest" }); }
}

/* Bring the map into view, and the panel where a narrow screen has it below. */
export function scrollToPanel() {
  document.getElementById("map-section").scrollIntoView();
  if (!isInView()) { panel.scrollIntoView(); }
}

export function onPanelEscape(act) {
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { act(); }
  });
}

function isInView() {
  const { top } = panel.getBoundingClientRect();
  return top >= 0 && top < window.innerHeight - 120;
}

function titleOf(suggestion) { return `${suggestion.rank}: ${suggestion.name}`; }

/* The page holds every reason already; a copy must not carry its address. */
function copyReasons(suggestion) {
  const copy = document.getElementById(`suggestion-${suggestion.rank}`).cloneNode(true);
  copy.removeAttribute("id");
  return copy;
}

/* A modal dialog of the browser: it holds the focus, closes with Escape, gives it back. */
function showDialog(suggestion) {
  const head = build("div", "app-dialog__head");
  const title = build("h3", "govuk-heading-m govuk-!-margin-bottom-0", titleOf(suggestion));
  title.id = "plan-dialog-title";
  head.append(title, buildButton("Close", () => dialog.close()));
  dialog.replaceChildren(head, copyReasons(suggestion));
  dialog.showModal();
}

/* Each of the others can be reached, and is then shown on the map. */
function listOthers(suggestion, hear) {
  if (!suggestion.alternatives.length) { return []; }
  const words = build("p", "govuk-body-s govuk-!-margin-bottom-1", "Other choices on the map:");
  const list = build("ul", "govuk-list govuk-body-s app-others app-no-print");
  suggestion.alternatives.forEach((other, k) => {
    const button = buildButton(`${letterOf(k)}) ${other.text}`, () => hear.go(k));
    button.addEventListener("mouseenter", () => hear.point(k));
    button.addEventListener("focus", () => hear.point(k));
    button.addEventListener("mouseleave", () => hear.point(null));
    button.addEventListener("blur", () => hear.point(null));
    const item = build("li", "");
    item.append(button);
    list.append(item);
  });
  return [words, list];
}

function build(tag, className, words = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  return element;
}

function buildButton(words, act) {
  const button = build("button", "app-link-button govuk-body-s", words);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
