// The page: load, show a part, and dispatch keys.

import "./charts.js";
import "./filters.js";
import "./frame-canvas.js";
import "./gallery.js";
import "./help.js";
import "./review.js";
import "./timeline.js";
import "./video-view.js";
import { tell, thousands } from "./dom.js";
import { go, load, PARTS, state } from "./state.js";

const find = (selector) => document.querySelector(selector);
const parts = { gallery: find("video-gallery"), charts: find("linked-charts"), review: find("review-queue") };
const view = find("video-view");
const inSight = () => state.video || state.part;
let before = "";

function show() {
  if (before === "gallery" && inSight() !== before) {
    parts.gallery.leave();
  }
  for (const name of PARTS) {
    parts[name].hidden = Boolean(state.video) || name !== state.part;
    find(`#show-${name}`).setAttribute("aria-pressed", String(name === state.part));
  }
  find("filter-panel").hidden = find("#filters").hidden = Boolean(state.video);
  document.body.classList.toggle("in-video", Boolean(state.video));
  const all = state.shown.length === state.videos.length;
  find("#count").textContent = `${thousands(state.shown.length)}${all ? "" : ` of ${thousands(state.videos.length)}`} videos, ${thousands(state.events)} events`;
}

// Restore the scroll position when every part is drawn
function arrive() {
  const open = inSight();
  if (before && open !== before) {
    if (open === "gallery") {
      parts.gallery.enter(before);
    } else {
      scrollTo(0, 0);
    }
  }
  before = open;
}

state.addEventListener("part", show);
state.addEventListener("change", arrive);

const toPart = (part) => go({ part, video: "" });
PARTS.forEach((name) => find(`#show-${name}`).addEventListener("click", () => toPart(name)));
find("#show-help").addEventListener("click", () => find("key-help").show());

const EVERYWHERE = {
  "?": () => find("key-help").show(), v: () => toPart("gallery"), h: () => toPart("charts"), r: () => toPart("review"),
  "/": () => {
    const search = () => {
      find("filter-panel details").open = true;
      find("#text").focus();
    };
    if (state.video) {
      toPart("gallery");
      setTimeout(search); // when the gallery is there
    } else {
      search(); // at once, so that no letter typed next is lost
    }
  },
};
const IN_VIDEO = {
  ArrowLeft: (event) => view.step(event.shiftKey ? -10 : -1), ArrowRight: (event) => view.step(event.shiftKey ? 10 : 1),
  "[": () => view.toEvent(-1), "]": () => view.toEvent(1), " ": () => view.player.toggle(), j: () => view.neighbour(1), k: () => view.neighbour(-1),
  f: () => view.askPlace(), "<": () => view.player.change(-1), ">": () => view.player.change(1),
  Escape: () => view.leave(), x: () => view.canvas.save(false), X: () => view.canvas.save(true), e: () => view.chooseNext(),
};
const CORRECTING = {
  Enter: () => view.corrections.accept(), m: () => view.corrections.move(), p: () => view.corrections.place("move"), n: () => view.corrections.place("add"),
  a: () => view.corrections.relabel("action"), g: () => view.corrections.relabel("agent"), Delete: () => view.corrections.remove(), Backspace: () => view.corrections.remove(),
  u: () => view.corrections.undo(), U: () => view.corrections.redo(),
};
const by = (event) => (event.shiftKey ? 10 : 1);
const AIMING = {
  ArrowLeft: (event) => view.corrections.aim(-by(event), 0), ArrowRight: (event) => view.corrections.aim(by(event), 0),
  ArrowUp: (event) => view.corrections.aim(0, -by(event)), ArrowDown: (event) => view.corrections.aim(0, by(event)),
  Enter: () => view.corrections.point(view.canvas.aim),
};
const IN_REVIEW = {
  Enter: () => parts.review.accept(), c: () => parts.review.correct(), t: () => parts.review.takePrediction(), u: () => parts.review.undo(),
  s: () => parts.review.move(1), j: () => parts.review.move(1), k: () => parts.review.move(-1), Escape: () => toPart("gallery"),
};

function keys() {
  if (!state.video) {
    return state.part === "review" ? IN_REVIEW : { Escape: () => toPart("gallery") };
  }
  return { ...IN_VIDEO, ...(state.canCorrect ? CORRECTING : {}), ...(view.corrections.aims ? AIMING : {}) };
}

// After a click, a button loses the focus: Space then plays, and does not press the button again.
let pointed = false;
addEventListener("pointerdown", () => (pointed = true));
for (const [kind, pressed] of [["click", "button, input[type=checkbox]"], ["change", "select"]]) {
  addEventListener(kind, () => {
    const { activeElement } = document;
    if (pointed && activeElement.matches(pressed) && !activeElement.closest("dialog")) {
      activeElement.blur();
    }
  });
}

addEventListener("keydown", (event) => {
  const typing = event.target.matches("input[type=text], input[type=search], select, dialog *");
  const pressing = event.target.matches("button, a, summary, input") && (event.key === "Enter" || event.key === " ");
  const isLeft = event.key === "Escape" || (event.key === "Enter" && event.target.matches("select"));
  pointed = false;
  if (isLeft && typing && !event.target.closest("dialog")) {
    event.preventDefault(); // otherwise the browser empties the search field
    event.target.blur();
    return;
  }
  const key = { ...EVERYWHERE, ...keys() }[event.key];
  if (!key || typing || (pressing && !view.corrections.aims) || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  key(event);
});

load().then(() => {
  const name = state.warehouse.split("/").filter(Boolean).at(-1) ?? "warehouse";
  find("#title").textContent = name;
  document.title = `${name} · contact-release browse`;
}).catch((error) => {
  find("#count").textContent = error.message;
  tell(error.message, true);
});
