// <video-gallery>: a card per video; only visible ones are in the document, so ten thousand do not lag.

import { element, svg } from "./dom.js";
import { mark } from "./marks.js";
import { address, state } from "./state.js";
import { picture } from "./strip.js";

const LEAST_WIDTH = 220;
const CARD_HEIGHT = 232;
const SPARE_ROWS = 3;
const STEPS = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: (columns) => -columns, ArrowDown: (columns) => columns,
  PageUp: (columns, rows) => -columns * rows, PageDown: (columns, rows) => columns * rows, Home: () => -Infinity, End: () => Infinity };

class VideoGallery extends HTMLElement {
  connectedCallback() {
    this.list = element("ul", { class: "cards", "aria-label": "Videos" });
    this.none = element("p", { class: "nothing", hidden: true }, "No video matches these choices.");
    this.append(this.list, this.none);
    this.cards = new Map();
    state.addEventListener("change", () => this.renew());
    addEventListener("scroll", () => this.draw(), { passive: true });
    this.addEventListener("keydown", (event) => this.walk(event));
    new ResizeObserver(() => this.draw()).observe(this);
  }

  // Cards of the shown videos: those that stay are kept with their pictures, and so is the scroll position.
  renew() {
    if (this.hidden) {
      return;
    }
    const focused = document.activeElement.closest?.("video-gallery .card")?.dataset.id;
    this.none.hidden = state.shown.length > 0;
    this.draw(true);
    if (focused && !this.contains(document.activeElement)) {
      this.cards.get(focused)?.firstChild.focus({ preventScroll: true });
    }
  }

  drop(id) {
    const card = this.cards.get(id);
    card?.querySelector("img")?.removeAttribute("src"); // otherwise its picture would still be loaded, before the visible ones
    card?.remove();
    this.cards.delete(id);
  }

  leave() {
    this.top = scrollY;
  }

  // Back from a video: to the earlier scroll position, at the card of the video
  enter(id) {
    scrollTo(0, this.top ?? 0);
    this.draw();
    const position = state.shown.findIndex(({ video }) => video.id === id);
    if (position >= 0) {
      this.focusOn(position);
    }
  }

  get columns() {
    return Math.max(1, Math.floor(this.clientWidth / LEAST_WIDTH));
  }

  draw(isAnew = false) {
    if (this.hidden || !this.clientWidth) {
      return;
    }
    const { columns } = this;
    const width = this.clientWidth / columns;
    const rows = Math.ceil(state.shown.length / columns);
    this.list.style.height = `${rows * CARD_HEIGHT}px`;
    const top = -this.list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / CARD_HEIGHT) - SPARE_ROWS) * columns;
    const last = Math.min(state.shown.length, (Math.ceil((top + innerHeight) / CARD_HEIGHT) + SPARE_ROWS) * columns);
    const wanted = new Set(state.shown.slice(first, last).map(({ video }) => video.id));
    for (const [id, card] of [...this.cards]) {
      if (!wanted.has(id) && (isAnew || !card.contains(document.activeElement))) {
        this.drop(id);
      }
    }
    let before = null; // in order, for the Tab key
    for (let position = last - 1; position >= first; position -= 1) {
      const shown = state.shown[position];
      const told = JSON.stringify([shown.events, shown.video.events]);
      if (isAnew && this.cards.get(shown.video.id)?.told !== told) {
        this.drop(shown.video.id);
      }
      let card = this.cards.get(shown.video.id);
      if (!card) {
        card = Object.assign(cardOf(shown), { told });
        this.cards.set(shown.video.id, card);
        this.list.insertBefore(card, before);
      }
      if (isAnew) { // its address also contains the filter
        card.firstChild.setAttribute("href", addressOf(shown));
      }
      card.setAttribute("aria-setsize", state.shown.length);
      card.setAttribute("aria-posinset", position + 1);
      card.style.transform = `translate(${(position % columns) * width}px, ${Math.floor(position / columns) * CARD_HEIGHT}px)`;
      card.style.width = `${width}px`;
      before = card;
    }
  }

  walk(event) {
    const card = event.target.closest(".card");
    if (!card || !STEPS[event.key] || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const now = state.shown.findIndex(({ video }) => video.id === card.dataset.id);
    const rows = Math.max(1, Math.floor(innerHeight / CARD_HEIGHT) - 1);
    this.focusOn(Math.max(0, Math.min(state.shown.length - 1, now + STEPS[event.key](this.columns, rows))));
  }

  focusOn(position) {
    const listTop = this.list.getBoundingClientRect().top + scrollY;
    const top = listTop + Math.floor(position / this.columns) * CARD_HEIGHT;
    const header = document.querySelector("header").offsetHeight + 8;
    if (top < scrollY + header || top + CARD_HEIGHT > scrollY + innerHeight) {
      scrollTo(0, top - (innerHeight - CARD_HEIGHT) / 2);
    }
    this.draw();
    this.cards.get(state.shown[position].video.id)?.firstChild.focus({ preventScroll: true });
  }
}

const frameOf = ({ video, events }) => (events[0] ?? video.events[0])?.frame ?? 0;
const addressOf = (shown) => address({ video: shown.video.id, frame: frameOf(shown) });

function cardOf(shown) {
  const { video, events } = shown;
  const isShown = new Set(events);
  const last = Math.max(1, (video.frameCount ?? 0) - 1, ...video.events.map((one) => one.frame));
  const line = svg("svg", { class: "mini", viewBox: "0 0 206 16", "aria-hidden": "true" }, svg("line", { x1: 6, x2: 200, y1: 8, y2: 8 }));
  video.events.forEach((one) => line.append(mark(one, 6 + (194 * one.frame) / last, 8, 4, isShown.has(one) ? "" : "faint")));
  return element("li", {},
    element("a", {
      class: "card", href: addressOf(shown), "data-id": video.id,
      "aria-label": `${video.id}: ${video.template}; ${video.events.length} events, ${video.split}`,
    }, picture(video, frameOf(shown), 7), line,
    element("span", { class: "name" }, video.id), element("span", { class: "split" }, video.split),
    element("span", { class: "template" }, video.template)));
}

customElements.define("video-gallery", VideoGallery);
