// Make elements. Text is always text, whatever it contains.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  set(made, properties);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export function svg(name, properties = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(made, properties);
  made.append(...children.filter(Boolean));
  return made;
}

function set(made, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
}

// A button that shows its key
export function button(text, key, work, properties = {}) {
  return element("button", { type: "button", onclick: work, "aria-keyshortcuts": key || null, ...properties }, text, key && element("kbd", { "aria-hidden": "true" }, NAMES[key] ?? key));
}

const NAMES = { ArrowLeft: "←", ArrowRight: "→", Space: "␣", Enter: "⏎", Delete: "⌦" };

export function labelled(text, input) {
  return element("label", { class: "field" }, text, input);
}

const english = new Intl.NumberFormat("en");

export const thousands = (number) => english.format(number);

let timer = 0;

export function tell(text, isError = false) {
  const place = document.getElementById("message");
  place.textContent = text;
  place.className = isError ? "error-message" : "";
  place.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (place.hidden = true), isError ? 12_000 : 4000);
}
