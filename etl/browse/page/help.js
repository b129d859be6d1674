// <key-help>: every key, in a dialog.

import { element } from "./dom.js";

export const KEYS = {
  Everywhere: [["/", "search"], ["v h r", "videos, charts, review"], ["?", "these keys"], ["Esc", "back"]],
  "Among the cards": [["← → ↑ ↓", "card before, after, above, below"], ["Home End", "first, last"], ["Enter", "open the video"]],
  "In a video": [
    ["← →", "one frame back, on"], ["Shift ← →", "ten frames"], ["[ ]", "event before, after"], ["Space", "play, pause"], ["< >", "slower, faster"], ["f", "go to a frame by its number"],
    ["j k", "next, previous video"], ["x X", "save the picture, with marks"],
  ],
  Correct: [
    ["e", "choose the next event"], ["Enter", "right as it is"], ["m", "move it to this frame"], ["p", "set its point: click, or arrows and Enter"],
    ["a g", "other action, next agent"], ["n", "add an event here"], ["Delete Backspace", "remove the event"], ["u U", "undo, redo"],
  ],
  "In a review": [["Enter", "right as it is"], ["c", "correct it in its video"], ["t", "take the prediction"], ["s j", "skip, next"], ["k", "back"], ["u", "undo"]],
};

class KeyHelp extends HTMLElement {
  connectedCallback() {
    const key = (text) => text.split(" ").map((one) => element("kbd", {}, one));
    this.dialog = element("dialog", { "aria-label": "Keys" },
      element("form", { method: "dialog", class: "row between" }, element("h2", {}, "Keys"), element("button", {}, "Close")),
      element("div", { class: "groups" }, ...Object.entries(KEYS).map(([title, keys]) => element("section", {}, element("h3", {}, title),
        element("dl", {}, ...keys.flatMap(([keys_, meaning]) => [element("dt", {}, ...key(keys_)), element("dd", {}, meaning)]))))));
    this.append(this.dialog);
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  show() {
    this.dialog.showModal();
  }
}

customElements.define("key-help", KeyHelp);
