// <key-help>: every key, in a dialog.

import { element } from "./dom.js";

export const KEYS = [
  ["← →", "one frame back, on"], ["Shift ← →", "ten frames"], ["[ ]", "event before, after"], ["Space", "play, pause"],
  ["j k", "next, previous video"], ["Esc", "back to all videos"], ["e", "choose the next event"],
  ["Enter", "right as it is"], ["m", "move the event to this frame"], ["p", "set its point: then click"],
  ["a g", "other action, next agent"], ["n", "add an event here: then click"], ["Delete", "remove the event"],
  ["u U", "undo, redo"], ["x X", "save the picture, with marks"], ["s b c", "in a review: skip, back, correct"],
  ["/", "search"], ["?", "these keys"],
];

class KeyHelp extends HTMLElement {
  connectedCallback() {
    this.dialog = element("dialog", { "aria-label": "Keys" },
      element("h2", {}, "Keys"),
      element("dl", {}, ...KEYS.flatMap(([keys, meaning]) => [element("dt", {}, element("kbd", {}, keys)), element("dd", {}, meaning)])),
      element("form", { method: "dialog" }, element("button", {}, "Close")));
    this.append(this.dialog);
  }

  show() {
    this.dialog.showModal();
  }
}

customElements.define("key-help", KeyHelp);
