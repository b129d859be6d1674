// <video-gallery>: a card per video; only those in sight are in the document, so ten thousand do not lag.

import { frameAddress } from "./api.js";
import { element, svg } from "./dom.js";
import { mark, sizeOf } from "./marks.js";
import { address, state } from "./state.js";

const LEAST_WIDTH = 230;
const CARD_HEIGHT = 236;
const SPARE_ROWS = 2;

class VideoGallery extends HTMLElement {
  connectedCallback() {
    this.list = element("ul", { class: "cards", "aria-label": "Videos" });
    this.append(this.list);
    this.cards = new Map();
    state.addEventListener("change", () => this.renew());
    addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this);
  }

  renew() {
    this.cards.clear();
    this.list.replaceChildren();
    this.draw();
  }

  draw() {
    if (this.hidden || !this.clientWidth) {
      return;
    }
    const columns = Math.max(1, Math.floor(this.clientWidth / LEAST_WIDTH));
    const width = this.clientWidth / columns;
    const rows = Math.ceil(state.shown.length / columns);
    this.list.style.height = `${rows * CARD_HEIGHT}px`;
    const top = -this.list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / CARD_HEIGHT) - SPARE_ROWS) * columns;
    const last = Math.min(state.shown.length, (Math.ceil((top + innerHeight) / CARD_HEIGHT) + SPARE_ROWS) * columns);
    const wanted = new Set();
    for (let position = first; position < last; position += 1) {
      const shown = state.shown[position];
      wanted.add(shown.video.id);
      let card = this.cards.get(shown.video.id);
      if (!card) {
        card = cardOf(shown, position);
        this.cards.set(shown.video.id, card);
        this.list.append(card);
      }
      card.style.transform = `translate(${(position % columns) * width}px, ${Math.floor(position / columns) * CARD_HEIGHT}px)`;
      card.style.width = `${width}px`;
    }
    for (const [id, card] of this.cards) {
      if (!wanted.has(id) && !card.contains(document.activeElement)) {
        card.remove();
        this.cards.delete(id);
      }
    }
  }
}

function cardOf({ video, events }, position) {
  const event = events[0] ?? video.events[0];
  const frame = event?.frame ?? 0;
  const { width, height } = sizeOf(video);
  const template = state.templates[video.template];
  const picture = element("div", { class: "picture" });
  if (video.saved) {
    picture.append(element("img", { src: frameAddress(video.id, frame), alt: "", loading: "lazy", decoding: "async" }));
  }
  const over = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  video.events.filter((one) => one.frame === frame).forEach((one) => over.append(mark(one, one.x, one.y, 7)));
  picture.append(over);
  const last = Math.max(1, (video.frameCount ?? 0) - 1, ...video.events.map((one) => one.frame));
  const line = svg("svg", { class: "mini", viewBox: "0 0 206 16", "aria-hidden": "true" },
    svg("line", { x1: 6, x2: 200, y1: 8, y2: 8 }));
  video.events.forEach((one) => line.append(mark(one, 6 + (194 * one.frame) / last, 8, 4)));
  return element("li", { "aria-setsize": state.shown.length, "aria-posinset": position + 1 },
    element("a", {
      class: "card", href: address({ video: video.id, frame }),
      "aria-label": `${video.id}: ${template}; ${video.events.length} events, ${state.splits[video.split]}`,
    }, picture, line,
    element("span", { class: "name" }, video.id), " ",
    element("span", { class: "split" }, state.splits[video.split]),
    element("span", { class: "template" }, template)));
}

customElements.define("video-gallery", VideoGallery);
