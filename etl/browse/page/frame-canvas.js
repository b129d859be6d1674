// <frame-canvas>: one frame of a video with its points and boxes; the number in its corner is the frame's own.

import { frameAddress } from "./api.js";
import { element, svg, tell } from "./dom.js";
import { mark, sizeOf } from "./marks.js";
import { state } from "./state.js";

const KEPT = 400;
const AHEAD = 12;

class FrameCanvas extends HTMLElement {
  connectedCallback() {
    this.pictures = new Map();
    this.canvas = element("canvas", { role: "img", "aria-label": "frame" });
    this.number = element("span", { class: "frame-number" });
    this.append(this.canvas, this.over = svg("svg", { "aria-hidden": "true" }), this.number);
    this.addEventListener("click", (event) => this.onpoint?.(this.pixel(event)));
  }

  show(video, facts, onpoint) {
    if (this.video?.id !== video.id) {
      this.pictures.forEach((picture) => picture.then((bitmap) => bitmap?.close()));
      this.pictures.clear();
    }
    Object.assign(this, { video, facts, onpoint });
    const { width, height } = sizeOf(video);
    Object.assign(this.canvas, { width, height });
    this.over.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.draw();
  }

  picture(frame) {
    const key = `${this.video.id} ${frame}`;
    if (!this.pictures.has(key)) {
      const { id } = this.video;
      this.pictures.set(key, fetch(frameAddress(id, frame))
        .then((answer) => (answer.ok ? answer.blob() : null))
        .then((blob) => (blob ? createImageBitmap(blob) : null))
        .catch(() => null));
      while (this.pictures.size > KEPT) {
        this.pictures.delete(this.pictures.keys().next().value);
      }
    }
    return this.pictures.get(key);
  }

  get hasPictures() {
    return this.facts.frames.some((frame) => frame[2]) || Boolean(this.facts.decodable);
  }

  async draw() {
    const { video, frame } = { video: this.video, frame: state.frame };
    this.number.textContent = `frame ${frame}`;
    this.drawMarks();
    const bitmap = this.hasPictures ? await this.picture(frame) : null;
    if (video !== this.video || frame !== state.frame) {
      return;
    }
    const context = this.canvas.getContext("2d");
    if (bitmap) {
      Object.assign(this.canvas, { width: bitmap.width, height: bitmap.height });
      this.over.setAttribute("viewBox", `0 0 ${bitmap.width} ${bitmap.height}`);
      context.drawImage(bitmap, 0, 0);
    } else {
      context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    }
    this.canvas.setAttribute("aria-label", `${video.id}, frame ${frame}${bitmap ? "" : ", no picture"}`);
    this.dataset.shown = bitmap ? `${video.id}/${frame}` : `${video.id}/${frame}/empty`;
    for (let next = 1; next <= AHEAD && this.hasPictures; next += 1) {
      [frame + next, frame - next].filter((one) => one >= 0 && one < this.count).forEach((one) => this.picture(one));
    }
  }

  get count() {
    return this.facts.decodable ?? Math.max(0, ...this.facts.frames.map((frame) => frame[0] + 1));
  }

  drawMarks() {
    const events = this.video.events.filter((event) => event.frame === state.frame);
    const predicted = this.video.predictions.filter((one) => one.frame_number === state.frame && one.point_x !== null);
    const boxes = this.showsBoxes ? this.facts.boxes.filter((box) => box[0] === state.frame) : [];
    this.over.replaceChildren(
      ...boxes.map(([, instance, isHand, , left, top, right, bottom]) => svg("rect", {
        x: left, y: top, width: right - left, height: bottom - top, class: isHand ? "box hand" : "box", "data-instance": instance,
      })),
      ...predicted.map((one) => svg("path", {
        d: `M${one.point_x} ${one.point_y - 7}l7 12h-14z`, class: one.event_index === null ? "predicted alarm" : "predicted",
      })),
      ...events.map((event) => mark(event, event.x, event.y, 6)),
    );
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
      drawOn(copy.getContext("2d"), this.video.events.filter((event) => event.frame === state.frame));
    }
    const blob = await new Promise((done) => copy.toBlob(done, "image/png"));
    const link = element("a", { href: URL.createObjectURL(blob), download: `${this.video.id}_frame_${String(state.frame).padStart(5, "0")}.png` });
    link.click();
    URL.revokeObjectURL(link.href);
    tell(`Saved ${link.download}`);
  }
}

function drawOn(context, events) {
  for (const { x, y, action } of events) {
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = context.fillStyle = "#ff0000";
    context[action === "contact" ? "fill" : "stroke"]();
  }
}

customElements.define("frame-canvas", FrameCanvas);
