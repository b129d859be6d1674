// The page: load, show a part, and hand keys on.

import "./charts.js";
import "./filters.js";
import "./frame-canvas.js";
import "./gallery.js";
import "./help.js";
import "./review.js";
import "./timeline.js";
import "./video-view.js";
import { address, load, state } from "./state.js";
import { tell } from "./dom.js";

const find = (selector) => document.querySelector(selector);
const parts = { gallery: find("video-gallery"), charts: find("linked-charts"), review: find("review-queue") };
const view = find("video-view");
let part = "gallery";

function show(name = part) {
  part = name;
  for (const [key, element] of Object.entries(parts)) {
    element.hidden = Boolean(state.video) || key !== part;
    find(`#show-${key}`).setAttribute("aria-pressed", String(key === part && !state.video));
  }
  find("filter-panel").hidden = Boolean(state.video) || part === "review";
}

state.addEventListener("change", () => {
  show();
  find("#count").textContent = `${state.shown.length.toLocaleString("en")} of ${state.videos.length.toLocaleString("en")} videos, `
    + `${state.events.toLocaleString("en")} events`;
});

for (const name of Object.keys(parts)) {
  find(`#show-${name}`).addEventListener("click", () => {
    show(name);
    if (state.video) {
      location.hash = address({ video: "" });
    } else {
      state.dispatchEvent(new Event("change"));
    }
    if (name === "review") {
      parts.review.open();
    }
  });
}
find("#show-help").addEventListener("click", () => find("key-help").show());

const IN_VIDEO = {
  ArrowLeft: (event) => view.step(event.shiftKey ? -10 : -1), ArrowRight: (event) => view.step(event.shiftKey ? 10 : 1),
  "[": () => view.toEvent(-1), "]": () => view.toEvent(1), " ": () => view.toggle(), j: () => view.neighbour(1), k: () => view.neighbour(-1),
  Escape: () => (location.hash = address({ video: "" })), e: () => view.toEvent(1), Enter: () => view.corrections.accept(),
  m: () => view.corrections.move(), p: () => view.corrections.place(), a: () => view.corrections.relabel("action"),
  g: () => view.corrections.relabel("agent"), n: () => view.corrections.add(), Delete: () => view.corrections.remove(),
  u: () => view.corrections.undo(), U: () => view.corrections.redo(), x: () => view.canvas.save(false), X: () => view.canvas.save(true),
};
const CORRECTING = ["Enter", "m", "p", "a", "g", "n", "Delete", "u", "U"];
const IN_REVIEW = {
  Enter: () => parts.review.accept(), s: () => parts.review.move(1), b: () => parts.review.move(-1), c: () => parts.review.correct(),
};
const EVERYWHERE = { "?": () => find("key-help").show(), "/": () => { show("gallery"); find("#text").focus(); } };

addEventListener("keydown", (event) => {
  const typing = event.target.matches("input[type=text], input[type=search], select, dialog *");
  const pressing = event.target.matches("button, a, summary, input") && (event.key === "Enter" || event.key === " ");
  if (typing || pressing || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const keys = { ...EVERYWHERE, ...(state.video ? IN_VIDEO : part === "review" ? IN_REVIEW : {}) };
  if (keys[event.key] && (state.canCorrect || !state.video || !CORRECTING.includes(event.key))) {
    event.preventDefault();
    keys[event.key](event);
  }
});

load().then(() => {
  find("#title").textContent = state.title;
  document.title = `${state.title} · contact-release browse`;
}).catch((error) => {
  find("#count").textContent = error.message;
  tell(error.message);
});
