/* Views that are kept under a name in this browser: the address, nothing of the data. */
const KEY = "hotspots-views";

export function connectViews() {
  const form = document.getElementById("view-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = document.getElementById("view-name").value.trim();
    if (!name) { return; }
    const others = kept().filter((one) => one.name !== name);
    keep([...others, { name, search: window.location.search }]);
    form.reset();
    say(`Kept as ${name}.`);
  });
  show();
}

function kept() {
  try {
    const found = JSON.parse(window.localStorage.getItem(KEY));
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

function keep(views) {
  window.localStorage.setItem(KEY, JSON.stringify(views));
  show();
}

function show() {
  document.getElementById("view-list").replaceChildren(...kept().map((one) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.className = "govuk-link";
    link.href = `${window.location.pathname}${one.search}`;
    link.textContent = one.name;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-link-button";
    button.textContent = "Forget";
    button.setAttribute("aria-label", `Forget ${one.name}`);
    button.addEventListener("click", () => {
      keep(kept().filter((other) => other.name !== one.name));
      say(`${one.name} is forgotten.`);
      document.getElementById("view-name").focus();
    });
    item.append(link, " ", button);
    return item;
  }));
}

function say(text) {
  document.getElementById("view-says").textContent = text;
}
