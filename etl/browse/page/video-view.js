// <video-view>: a video frame by frame, its events on lanes, and the actions on them.

import * as api from "./api.js";
import { Corrections } from "./corrections.js";
import { label, same } from "./decisions.js";
import { button, element, tell } from "./dom.js";
import { icon, told } from "./marks.js";
import { Player } from "./player.js";
import { go, showFrame, state } from "./state.js";

const LATER_MS = 250;

class VideoView extends HTMLElement {
  connectedCallback() {
    this.canvas = document.createElement("frame-canvas");
    this.timeline = document.createElement("event-timeline");
    this.heading = element("h2", { tabindex: "-1" });
    this.about = element("p", { class: "facts" });
    this.place = element("input", { type: "text", inputmode: "numeric", size: "4", autocomplete: "off", "aria-label": "Frame", "aria-keyshortcuts": "f", onchange: () => this.goTo(this.place.value) });
    this.numbers = element("span", { "aria-live": "polite" });
    this.events = element("ol", { class: "events", "aria-label": "Events" });
    this.problems = element("ul", { class: "problems" });
    this.note = element("input", { type: "text", "aria-label": "Note with the next decision", placeholder: "Note with the next decision", maxlength: "500" });
    this.boxes = element("input", { type: "checkbox", onchange: () => this.showBoxes() });
    this.tools = element("div", { class: "tools", role: "group", "aria-label": "Correct" });
    this.back = element("a", { class: "back", onclick: (event) => this.leave(event) });
    this.corrections = new Corrections(this);
    this.player = new Player(this);
    this.known = new Map(); // facts by video, also those of the neighbours
    this.append(
      element("div", { class: "watch" },
        element("div", { class: "stage" }, this.canvas),
        element("div", { class: "controls" },
          button("Event", "[", () => this.toEvent(-1), { "aria-label": "Event before" }), button("", "ArrowLeft", () => this.step(-1), { "aria-label": "One frame back" }),
          this.player.play, button("", "ArrowRight", () => this.step(1), { "aria-label": "One frame on" }), button("Event", "]", () => this.toEvent(1), { "aria-label": "Event after" }),
          this.player.speed, element("label", {}, this.player.loop, "loop around the event"), element("label", {}, this.boxes, "boxes"),
          element("span", { class: "saves" }, button("Save picture", "x", () => this.canvas.save(false)), button("with marks", "X", () => this.canvas.save(true)))),
        this.timeline, element("p", { class: "facts numbers" }, "frame ", this.place, this.numbers)),
      element("div", { class: "side" },
        element("p", { class: "row between" }, this.back,
          element("span", {}, button("Previous", "k", () => this.neighbour(-1), { "aria-label": "Previous video" }), " ", button("Next", "j", () => this.neighbour(1), { "aria-label": "Next video" }))),
        this.heading, this.about, this.events, this.tools, this.note, this.problems),
    );
    state.addEventListener("change", () => this.open());
    state.addEventListener("frame", () => this.drawFrame());
  }

  async open() {
    this.hidden = !state.video;
    if (!state.video) {
      this.player.stop();
      this.video = null;
      return;
    }
    const video = state.byId.get(state.video);
    if (video !== this.video) {
      this.player.stop();
      this.video = video;
      this.corrections.aims = null;
      this.select(video.events.find((event) => event === state.wanted) ?? video.events.find((event) => event.frame === state.frame) ?? video.events[0]);
      state.wanted = null;
      this.isOpen = false;
      if (video.hasPicture) {
        this.canvas.expect(video.id, state.frame); // in parallel with the facts, not after them
      }
      try {
        this.facts = await this.factsOf(video.id);
      } catch (error) {
        tell(error.message, true);
        return;
      }
      if (video !== this.video) {
        return;
      }
      this.isOpen = true;
      this.heading.focus({ preventScroll: true });
      setTimeout(() => this.lookAhead(video), LATER_MS);
    }
    if (this.isOpen) {
      this.draw();
    }
  }

  factsOf(id) {
    if (!this.known.has(id)) {
      this.known.set(id, api.video(id));
      this.known.get(id).catch(() => this.known.delete(id));
    }
    return this.known.get(id);
  }

  // The next video is loaded in advance.
  async lookAhead(video) {
    const next = this.neighbourOf(video, 1);
    if (!next || this.video !== video) {
      return;
    }
    [...this.known.keys()].filter((id) => ![video.id, next.video.id].includes(id)).forEach((id) => this.known.delete(id));
    const facts = await this.factsOf(next.video.id).catch(() => null);
    if (facts && this.video === video && (facts.decodable || facts.frames.some((frame) => frame[2]))) {
      this.canvas.load(next.video.id, firstFrame(next));
    }
  }

  get count() {
    return this.canvas.count;
  }

  draw() {
    const { video, facts } = this;
    const frames = video.frameCount ? `${video.frameCount} frames` : "not completely decoded";
    this.heading.replaceChildren(element("span", { class: "id" }, video.id), " ", video.template);
    this.about.textContent = [video.split, frames, video.objects.length && `objects: ${video.objects.join(", ")}`].filter(Boolean).join(" · ");
    this.problems.replaceChildren(...facts.problems.map(([reason, level, detail]) => element("li", {}, `${level}: ${reason}: ${detail}`)));
    this.boxes.parentElement.hidden = !facts.boxes.length;
    this.back.textContent = { gallery: "← All videos", charts: "← Charts", review: "← Review" }[state.part];
    this.back.href = "#";
    this.canvas.show(video, facts, (point) => this.corrections.point(point));
    this.timeline.show(video, this.count, (frame) => this.seek(frame));
    this.tools.hidden = this.note.hidden = !state.canCorrect;
    this.drawFrame();
  }

  drawFrame() {
    if (!this.isOpen || this.hidden) {
      return;
    }
    this.canvas.chosen = this.chosen;
    this.canvas.draw();
    const time = this.facts.frames.find((one) => one[0] === state.frame)?.[1];
    const last = this.count ? ` of ${this.count - 1}` : "";
    this.place.value = document.activeElement === this.place ? this.place.value : state.frame;
    this.numbers.textContent = `${last} · ${Number.isFinite(time) ? `${time.toFixed(3)} s` : "time unknown"} · here, publisher, CVAT: ${state.frame}; `
      + `FiftyOne, Label Studio, Something-Else: ${state.frame + 1}`;
    this.events.replaceChildren(...this.ordered.map((event) => this.line(event)));
    this.corrections.draw();
  }

  get ordered() {
    return [...this.video.events].sort((a, b) => a.frame - b.frame);
  }

  line(event) {
    const history = this.corrections.historyOf(event);
    return element("li", { class: event.frame === state.frame ? "now" : "" },
      element("button", { type: "button", "aria-pressed": String(event === this.chosen), "aria-label": told(event), onclick: () => this.choose(event) },
        icon(event), element("span", {}, `${event.action} `, element("small", {}, event.agent)),
        element("span", { class: "place" }, `frame ${event.frame} `, element("small", {}, `(${event.x}, ${event.y})`))),
      history && element("small", { class: "history" }, history));
  }

  // The chosen event: by its index, or by its content if it was added and has none

  select(event) {
    this.selected = event && { index: event.index, label: label(event) };
  }

  get chosen() {
    const { selected, video } = this;
    return selected && video?.events.find((event) => event.index === selected.index && (event.index !== null || same(label(event), selected.label)));
  }

  // The choice stays, unless the event is gone or another one was added. Only a visible event can be chosen.
  keepChosen(after, isNew = false) {
    if (isNew || !this.chosen) {
      const { events } = this.video;
      this.select(events.find((event) => after && same(label(event), after)) ?? events.find((event) => event.frame === state.frame));
    }
    this.drawFrame();
  }

  choose(event) {
    this.select(event);
    this.to(event.frame);
  }

  chooseNext() {
    const { ordered } = this;
    if (ordered.length) {
      this.choose(ordered[(ordered.indexOf(this.chosen) + 1) % ordered.length]);
    }
  }

  // Moving

  to(frame) {
    showFrame(Math.max(0, Math.min(Math.max(0, this.count - 1, this.video.events.find((event) => event.frame === frame)?.frame ?? 0), frame)));
  }

  seek(frame) {
    this.player.stop();
    this.to(frame);
  }

  askPlace() {
    this.player.stop();
    this.place.select();
  }

  // Go to the frame with the typed number
  goTo(text) {
    this.place.blur();
    if (/^\d+$/.test(text.trim())) {
      this.seek(Number(text));
    }
    this.place.value = state.frame;
  }

  step(by) {
    this.seek(state.frame + by);
  }

  toEvent(direction) {
    this.player.stop();
    const ordered = direction > 0 ? this.ordered : this.ordered.reverse();
    const next = ordered.find((event) => direction * (event.frame - state.frame) > 0) ?? ordered[0];
    if (next) {
      this.choose(next);
    }
  }

  neighbourOf(video, by) {
    return state.shown[state.shown.findIndex((shown) => shown.video === video) + by];
  }

  neighbour(by) {
    this.player.stop();
    const next = this.neighbourOf(this.video, by);
    if (next) {
      go({ video: next.video.id, frame: firstFrame(next) });
    } else {
      tell(by > 0 ? "This is the last of the shown videos." : "This is the first of the shown videos.");
    }
  }

  showBoxes() {
    this.canvas.showsBoxes = this.boxes.checked;
    this.canvas.draw();
  }

  leave(event) {
    event?.preventDefault();
    if (this.corrections.aims) {
      this.corrections.stop();
      return;
    }
    this.player.stop();
    go({ video: "" });
  }
}

const firstFrame = ({ video, events }) => (events[0] ?? video.events[0])?.frame ?? 0;

customElements.define("video-view", VideoView);
