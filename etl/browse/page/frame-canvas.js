// <frame-canvas>: one frame of a video with its points and boxes. Picture, marks and number change together, so the
// number in the corner is always that of the picture.

import { frameAddress } from "./api.js";
import { element, svg, tell } from "./dom.js";
import { mark, sizeOf, triangle } from "./marks.js";
import { state } from "./state.js";

const KEPT = 400;
const AHEAD = 12;
const AHEAD_AT_ONCE = 3; // of a browser's six connections, so that the next frame does not wait for one
const PATIENCE_MS = 120;

class FrameCanvas extends HTMLElement {
  connectedCallback() {
    this.kept = new Map(); // "video frame" → { picture: promise, bitmap, fault }
    this.ahead = []; // the frames to load in advance, as [id, frame], the nearest first
    this.loading = 0;
    this.canvas = element("canvas", { role: "img", "aria-label": "frame" });
    this.number = element("span", { class: "frame-number", "aria-hidden": "true" });
    this.fault = element("p", { class: "no-picture", hidden: true });
    this.append(this.canvas, this.over = svg("svg", { "aria-hidden": "true" }), this.fault, this.number);
    this.addEventListener("click", (event) => this.onpoint?.(this.pixel(event)));
  }

  show(video, facts, onpoint) {
    if (this.video?.id !== video.id) {
      for (const [key, one] of this.kept) {
        if (!key.startsWith(`${video.id} `)) {
          one.bitmap?.close();
          this.kept.delete(key);
        }
      }
      this.resize(sizeOf(video));
      this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    }
    Object.assign(this, { video, facts, onpoint, aim: null });
    return this.draw();
  }

  get count() {
    return this.facts.decodable ?? Math.max(0, ...this.facts.frames.map((frame) => frame[0] + 1));
  }

  get hasPictures() {
    return this.facts.frames.some((frame) => frame[2]) || Boolean(this.facts.decodable);
  }

  // The picture of a frame of another video, which is needed immediately
  expect(id, frame) {
    this.ahead = [];
    this.load(id, frame);
  }

  // The picture of a frame, loaded once and kept
  load(id, frame) {
    const key = `${id} ${frame}`;
    let one = this.kept.get(key);
    if (!one) {
      one = {};
      this.kept.set(key, one);
      one.picture = fetch(frameAddress(id, frame)).then(async (answer) => {
        if (!answer.ok) {
          throw new Error(await answer.text());
        }
        one.bitmap = await createImageBitmap(await answer.blob());
      }).catch((error) => (one.fault = error.message));
      if (this.kept.size > KEPT) {
        const [oldest, gone] = this.kept.entries().next().value;
        gone.bitmap?.close();
        this.kept.delete(oldest);
      }
    }
    return one;
  }

  async draw() {
    const { video, facts } = this;
    const { frame } = state;
    if (!this.hasPictures) {
      this.paint(frame, null, "No picture of this video: extract it, or start browse with --videos DIR.");
      return;
    }
    const one = this.load(video.id, frame);
    if (!one.bitmap && !one.fault) {
      const waiting = setTimeout(() => this.isNow(video, frame) && (this.number.textContent = `loading frame ${frame}`), PATIENCE_MS);
      await one.picture;
      clearTimeout(waiting);
    }
    if (this.isNow(video, frame) && facts === this.facts) {
      this.paint(frame, one.bitmap, one.fault);
      this.loadAhead(video.id, frame);
    }
  }

  isNow(video, frame) {
    return video === this.video && frame === state.frame;
  }

  loadAhead(id, frame) {
    const around = Array.from({ length: AHEAD }, (_, by) => [frame + by + 1, frame - by - 1]).flat();
    this.ahead = around.filter((one) => one >= 0 && one < this.count && !this.kept.has(`${id} ${one}`)).map((one) => [id, one]);
    this.loadNext();
  }

  loadNext() {
    while (this.loading < AHEAD_AT_ONCE && this.ahead.length) {
      this.loading += 1;
      this.load(...this.ahead.shift()).picture.then(() => {
        this.loading -= 1;
        this.loadNext();
      });
    }
  }

  paint(frame, bitmap, fault) {
    if (bitmap) {
      this.resize(bitmap);
      this.canvas.getContext("2d").drawImage(bitmap, 0, 0);
    } else {
      this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
    }
    this.fault.textContent = fault ?? "";
    this.fault.hidden = !fault;
    this.number.textContent = `frame ${frame}`;
    this.canvas.setAttribute("aria-label", `${this.video.id}, frame ${frame}${bitmap ? "" : ", no picture"}`);
    this.dataset.shown = `${this.video.id}/${frame}${bitmap ? "" : "/empty"}`;
    this.drawMarks();
  }

  resize({ width, height }) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      Object.assign(this.canvas, { width, height });
    }
    this.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }

  drawMarks() {
    const events = this.video.events.filter((event) => event.frame === state.frame);
    const predicted = this.video.predictions.filter((one) => one.frame_number === state.frame && one.point_x !== null);
    const boxes = this.showsBoxes ? this.facts.boxes.filter((box) => box[0] === state.frame) : [];
    this.over.replaceChildren(
      ...boxes.flatMap(([, instance, isHand, category, left, top, right, bottom]) => [
        svg("rect", { x: left, y: top, width: right - left, height: bottom - top, class: isHand ? "box hand" : "box" }),
        svg("text", { x: left + 3, y: Math.max(10, top + 10), class: "box-name" }, category ?? instance)]),
      ...predicted.map((one) => svg("path", { d: triangle(one.point_x, one.point_y, 7), class: one.event_index === null ? "predicted alarm" : "predicted" })),
      ...events.flatMap((event) => this.historyOf(event)),
      ...events.map((event) => mark(event, event.x, event.y, 6)),
      ...(events.length > 1 && events.includes(this.chosen) ? [svg("circle", { cx: this.chosen.x, cy: this.chosen.y, r: 12, class: "ring" })] : []),
      ...(this.aim ? [svg("path", { d: `M${this.aim[0]} 0V9999M0 ${this.aim[1]}H9999`, class: "aim" })] : []),
    );
  }

  // Where the point was before it was corrected
  historyOf(event) {
    const was = state.decisions.filter((one) => one.video_id === this.video.id && one.event_index === event.index && one.event_index !== null && one.op === "move")
      .map((one) => one.before).filter(({ point_x: x, point_y: y }) => x !== event.x || y !== event.y);
    return [...new Map(was.map((one) => [`${one.point_x} ${one.point_y}`, one])).values()].flatMap(({ point_x: x, point_y: y }) => [
      svg("line", { x1: x, y1: y, x2: event.x, y2: event.y, class: `way ${event.agent}` }), svg("circle", { cx: x, cy: y, r: 4, class: `was ${event.agent}` })]);
  }

  takeAim(aim) {
    this.aim = aim && [Math.max(0, Math.min(this.canvas.width - 1, aim[0])), Math.max(0, Math.min(this.canvas.height - 1, aim[1]))];
    this.drawMarks();
  }

  pixel(event) {
    const place = this.canvas.getBoundingClientRect();
    const scale = this.canvas.width / place.width;
    const within = (value, size) => Math.max(0, Math.min(size - 1, Math.floor(value * scale)));
    return [within(event.clientX - place.left, this.canvas.width), within(event.clientY - place.top, this.canvas.height)];
  }

  async save(withMarks) {
    const copy = element("canvas", { width: this.canvas.width, height: this.canvas.height });
    copy.getContext("2d").drawImage(this.canvas, 0, 0);
    if (withMarks) {
      this.over.querySelectorAll("circle, path, rect, line").forEach((shape) => drawShape(copy.getContext("2d"), shape));
    }
    const blob = await new Promise((done) => copy.toBlob(done, "image/png"));
    const name = `${this.video.id}_frame_${String(state.frame).padStart(5, "0")}${withMarks ? "_marked" : ""}.png`;
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell(`Saved ${name}`);
  }
}

// A mark on a canvas, with the look it has on the page
function drawShape(context, shape) {
  const look = getComputedStyle(shape);
  const number = (name) => Number(shape.getAttribute(name));
  const path = new Path2D(shape.tagName === "path" ? shape.getAttribute("d") : "");
  if (shape.tagName === "circle") {
    path.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
  } else if (shape.tagName === "rect") {
    path.rect(number("x"), number("y"), number("width"), number("height"));
  } else if (shape.tagName === "line") {
    path.moveTo(number("x1"), number("y1"));
    path.lineTo(number("x2"), number("y2"));
  }
  context.lineWidth = Number.parseFloat(look.strokeWidth);
  for (const [style, paint] of [["fillStyle", "fill"], ["strokeStyle", "stroke"]]) {
    if (look[paint] !== "none") {
      context[style] = look[paint];
      context[paint](path);
    }
  }
}

customElements.define("frame-canvas", FrameCanvas);
