// <video-view>: a video frame by frame, its events on lanes, and what can be done to them.

import * as api from "./api.js";
import { Corrections } from "./corrections.js";
import { element, tell } from "./dom.js";
import { told } from "./marks.js";
import { address, go, showFrame, state } from "./state.js";

const SPEEDS = [0.25, 0.5, 1, 2];
const NOMINAL_RATE = 12;
const LOOP = 6;

class VideoView extends HTMLElement {
  connectedCallback() {
    this.canvas = document.createElement("frame-canvas");
    this.timeline = document.createElement("event-timeline");
    this.heading = element("h2", { tabindex: "-1" });
    this.facts = element("p", { class: "facts" });
    this.numbers = element("p", { class: "facts", "aria-live": "polite" });
    this.events = element("ol", { class: "events", "aria-label": "Events" });
    this.problems = element("ul", { class: "problems" });
    this.note = element("input", { type: "text", "aria-label": "Note with the next decision", placeholder: "Note with the next decision", maxlength: "500" });
    this.play = element("button", { type: "button", onclick: () => this.toggle() }, "Play");
    this.speed = element("select", { "aria-label": "Speed" }, ...SPEEDS.map((value) => element("option", { value }, `${value} ×`)));
    this.speed.value = "1";
    this.loop = element("input", { type: "checkbox" });
    this.boxes = element("input", { type: "checkbox", onchange: () => this.showBoxes() });
    this.tools = element("div", { class: "tools" });
    this.corrections = new Corrections(this);
    const button = (text, key, work) => element("button", { type: "button", title: `key: ${key}`, onclick: work }, text);
    this.append(
      element("p", {}, element("a", { href: "#", onclick: (event) => this.leave(event) }, "← All videos")),
      this.heading, this.facts,
      element("div", { class: "stage" }, this.canvas),
      element("div", { class: "controls" },
        button("◀ Frame", "←", () => this.step(-1)), this.play, button("Frame ▶", "→", () => this.step(1)),
        button("◀ Event", "[", () => this.toEvent(-1)), button("Event ▶", "]", () => this.toEvent(1)),
        this.speed, element("label", {}, this.loop, " loop around the event"),
        element("label", {}, this.boxes, " boxes"),
        button("Save picture", "x", () => this.canvas.save(false)), button("Save with marks", "X", () => this.canvas.save(true))),
      this.timeline, this.numbers, this.events, this.tools, this.note, this.problems,
    );
    state.addEventListener("change", () => this.open());
    state.addEventListener("frame", () => this.drawFrame());
  }

  async open() {
    this.hidden = !state.video;
    if (!state.video) {
      this.stop();
      this.video = null;
      return;
    }
    const video = state.byId.get(state.video);
    if (video !== this.video) {
      this.stop();
      this.video = video;
      this.selected = video.events.find((event) => event.frame === state.frame)?.index ?? video.events[0]?.index;
      this.known = null;
      try {
        const known = await api.video(video.id);
        if (video === this.video) {
          this.known = known;
          this.heading.focus({ preventScroll: true });
        }
      } catch (error) {
        tell(error.message);
        return;
      }
    }
    if (this.known) {
      this.draw();
    }
  }

  get count() {
    return this.canvas.count;
  }

  draw() {
    const { video, known } = this;
    this.heading.textContent = `${video.id} · ${state.templates[video.template]}`;
    const frames = video.frameCount ? `${video.frameCount} frames` : "not decoded to its end";
    this.facts.textContent = [state.splits[video.split], frames, video.objects && `objects: ${video.objects}`].filter(Boolean).join(" · ");
    this.problems.replaceChildren(...known.problems.map(([reason, level, detail]) => element("li", {}, `${level}: ${reason}: ${detail}`)));
    this.boxes.parentElement.hidden = !known.boxes.length;
    this.canvas.show(video, known, (point) => this.corrections.point(point));
    this.timeline.show(video, this.count, (frame) => this.to(frame));
    this.tools.hidden = this.note.hidden = !state.canCorrect;
    this.corrections.draw();
    this.drawFrame();
  }

  drawFrame() {
    if (!this.known || this.hidden) {
      return;
    }
    this.canvas.draw();
    const frame = this.known.frames.find((one) => one[0] === state.frame);
    const time = frame?.[1] === null || frame === undefined ? "time unknown" : `${frame[1].toFixed(3)} s`;
    this.numbers.textContent = `frame ${state.frame} of ${this.count ? this.count - 1 : "?"} · ${time} · here, publisher, CVAT: ${state.frame}; `
      + `FiftyOne, Label Studio, Something-Else: ${state.frame + 1}`;
    this.events.replaceChildren(...[...this.video.events].sort((a, b) => a.frame - b.frame).map((event) => this.line(event)));
  }

  line(event) {
    const chosen = event.index === this.selected;
    const show = element("button", { type: "button", "aria-pressed": String(chosen), onclick: () => this.choose(event) }, told(event));
    return element("li", { class: event.frame === state.frame ? "now" : "" }, show, ...this.corrections.marks(event));
  }

  choose(event) {
    this.selected = event.index;
    this.to(event.frame);
  }

  get chosen() {
    return this.video?.events.find((event) => event.index === this.selected);
  }

  to(frame) {
    showFrame(Math.max(0, Math.min(Math.max(0, this.count - 1), frame)));
  }

  step(by) {
    this.stop();
    this.to(state.frame + by);
  }

  toEvent(direction) {
    const ordered = [...this.video.events].sort((a, b) => direction * (a.frame - b.frame));
    const next = ordered.find((event) => direction * (event.frame - state.frame) > 0) ?? ordered[0];
    if (next) {
      this.choose(next);
    }
  }

  neighbour(by) {
    this.stop(); // else the next frame that is played would take the address back
    const position = state.shown.findIndex(({ video }) => video === this.video);
    const next = state.shown[position + by];
    if (next) {
      go({ video: next.video.id, frame: next.events[0]?.frame ?? 0 });
    }
  }

  toggle() {
    if (this.timer) {
      this.stop();
      return;
    }
    this.play.textContent = "Pause";
    const middle = this.chosen?.frame ?? state.frame;
    const tick = () => {
      const [first, last] = this.loop.checked ? [Math.max(0, middle - LOOP), Math.min(this.count - 1, middle + LOOP)] : [0, this.count - 1];
      const next = state.frame >= last || state.frame < first ? first : state.frame + 1;
      this.to(next);
      this.timer = setTimeout(tick, this.pause(next) / Number(this.speed.value));
    };
    tick();
  }

  pause(frame) {
    const [now, next] = [frame, frame + 1].map((number) => this.known.frames.find((one) => one[0] === number)?.[1]);
    return Number.isFinite(now) && Number.isFinite(next) && next > now ? 1000 * (next - now) : 1000 / NOMINAL_RATE;
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.play.textContent = "Play";
  }

  showBoxes() {
    this.canvas.showsBoxes = this.boxes.checked;
    this.canvas.draw();
  }

  leave(event) {
    event.preventDefault();
    this.stop();
    location.hash = address({ video: "" });
  }
}

customElements.define("video-view", VideoView);
