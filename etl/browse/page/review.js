// <review-queue>: what deserves a second look, one after another, each with its reason and the frames around it.

import * as api from "./api.js";
import { element, svg, tell } from "./dom.js";
import { mark, sizeOf, told } from "./marks.js";
import { decided, go, state } from "./state.js";

const AROUND = 3;
const TOLD_ELSEWHERE = ["reason", "video_id", "event_index", "template", "split"];

class ReviewQueue extends HTMLElement {
  connectedCallback() {
    this.choice = element("select", { id: "queue", onchange: () => this.load(this.choice.value) });
    this.place = element("p", { role: "status" });
    this.card = element("article");
    const button = (text, key, work) => element("button", { type: "button", title: `key: ${key}`, onclick: work }, text);
    this.append(
      element("h2", {}, "What deserves a second look"),
      element("label", { class: "field" }, "List", this.choice), this.place, this.card,
      element("div", { class: "controls" },
        button("Right as it is", "Enter", () => this.accept()), button("Correct", "c", () => this.correct()),
        button("Skip", "s", () => this.move(1)), button("Back", "b", () => this.move(-1))),
    );
    state.addEventListener("change", () => this.draw());
  }

  async open() {
    if (!this.choice.options.length) {
      this.choice.replaceChildren(...state.lists.map(({ name, question }) => element("option", { value: name }, question)));
      await this.load(state.filter.list || state.lists[0]?.name);
    }
  }

  async load(name) {
    if (!name) {
      return;
    }
    this.choice.value = name;
    const rows = await api.list(name).catch((error) => {
      tell(error.message);
      return [];
    });
    if (this.choice.value === name) { // else another list was chosen meanwhile
      Object.assign(this, { rows, at: 0 });
      this.draw();
    }
  }

  get row() {
    return this.rows?.[this.at];
  }

  get event() {
    const video = state.byId.get(this.row?.video_id);
    return video?.events.find((event) => event.index === this.row.event_index) ?? video?.events[0];
  }

  draw() {
    if (this.hidden || !this.rows) {
      return;
    }
    this.place.textContent = this.rows.length ? `${(this.at + 1).toLocaleString("en")} of ${this.rows.length.toLocaleString("en")}` : "Nothing is in this list.";
    const video = state.byId.get(this.row?.video_id);
    if (!video) {
      this.card.replaceChildren();
      return;
    }
    const facts = Object.entries(this.row).filter(([name, value]) => !TOLD_ELSEWHERE.includes(name) && value !== null);
    this.card.replaceChildren(
      element("h3", {}, `${video.id} · ${state.templates[video.template]}`),
      element("p", {}, this.event ? told(this.event) : "no event"),
      element("p", {}, this.row.reason),
      element("p", { class: "facts" }, facts.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`).join(" · ")),
      this.strip(video),
    );
  }

  strip(video) {
    const middle = this.event?.frame ?? 0;
    const { width, height } = sizeOf(video);
    const strip = element("div", { class: "strip" });
    for (let frame = Math.max(0, middle - AROUND); frame <= middle + AROUND; frame += 1) {
      const picture = element("div", { class: "picture" });
      if (video.saved) {
        picture.append(element("img", { src: api.frameAddress(video.id, frame), alt: "", onerror: (event) => event.target.remove() }));
      }
      const over = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      video.events.filter((event) => event.frame === frame).forEach((event) => over.append(mark(event, event.x, event.y, 9)));
      picture.append(over);
      strip.append(element("figure", { class: frame === middle ? "now" : "" }, picture, element("figcaption", {}, String(frame))));
    }
    return strip;
  }

  move(by) {
    this.at = Math.max(0, Math.min((this.rows?.length ?? 1) - 1, (this.at ?? 0) + by));
    this.draw();
  }

  async accept() {
    const event = this.event;
    if (!event || !state.canCorrect) {
      return;
    }
    const label = { action: event.action, agent: event.agent, frame_number: event.frame, point_x: event.x, point_y: event.y };
    try {
      await decided({ video_id: this.row.video_id, event_index: event.index, op: "accept", before: label, after: label, note: this.choice.value });
      this.move(1);
    } catch (error) {
      tell(`Not written: ${error.message}`);
    }
  }

  correct() {
    if (this.row) {
      go({ video: this.row.video_id, frame: this.event?.frame ?? 0 });
    }
  }
}

customElements.define("review-queue", ReviewQueue);
