// <event-timeline>: a lane per agent with contact → release bars, predictions under the labels; a click shows a frame.

import { svg } from "./dom.js";
import { mark, told, triangle } from "./marks.js";
import { state } from "./state.js";

const LANE = 28;
const LEFT = 104;
const RIGHT = 14;
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10000];
const TICK_PX = 46;

class EventTimeline extends HTMLElement {
  show(video, count, onframe) {
    Object.assign(this, { video, count: Math.max(2, count, ...video.events.map((event) => event.frame + 1)), onframe });
    this.draw();
  }

  connectedCallback() {
    new ResizeObserver(() => this.draw()).observe(this);
    state.addEventListener("frame", () => this.moveCursor());
  }

  x(frame) {
    return LEFT + ((this.width - LEFT - RIGHT) * frame) / (this.count - 1);
  }

  draw() {
    if (!this.video || !this.clientWidth) {
      return;
    }
    this.width = this.clientWidth; // read once, because reading it forces a layout of the page
    const lanes = [...state.agents, ...(this.video.predictions.length ? ["predicted"] : [])];
    const height = lanes.length * LANE + 20;
    const drawn = svg("svg", {
      width: this.width, height, role: "img",
      "aria-label": `Timeline: ${this.video.events.map(told).join("; ") || "no events"}${this.predictionsTold()}`,
    });
    const step = TICKS.find((one) => (this.count - 1) / one <= (this.width - LEFT - RIGHT) / TICK_PX) ?? TICKS.at(-1);
    for (let frame = 0; frame < this.count; frame += step) {
      drawn.append(
        svg("line", { x1: this.x(frame), x2: this.x(frame), y1: 2, y2: height - 16, class: "grid" }),
        svg("text", { x: this.x(frame), y: height - 3, class: "tick" }, String(frame)));
    }
    lanes.forEach((lane, row) => {
      const y = row * LANE + 16;
      drawn.append(
        svg("text", { x: 0, y: y + 4, class: "lane" }, lane),
        svg("line", { x1: LEFT, x2: this.width - RIGHT, y1: y, y2: y, class: "axis" }),
      );
      if (lane === "predicted") {
        this.drawPredictions(drawn, y);
      } else {
        this.drawLane(drawn, lane, y);
      }
    });
    this.cursor = svg("line", { y1: 0, y2: height - 14, class: "cursor" });
    drawn.append(this.cursor);
    drawn.addEventListener("pointerdown", (event) => {
      drawn.setPointerCapture(event.pointerId);
      this.seek(event);
    });
    drawn.addEventListener("pointermove", (event) => event.buttons && this.seek(event));
    this.replaceChildren(drawn);
    this.moveCursor();
  }

  drawLane(drawn, agent, y) {
    const events = this.video.events.filter((event) => event.agent === agent).sort((a, b) => a.frame - b.frame);
    events.forEach((event, position) => {
      const next = events[position + 1];
      if (event.action === "contact" && next?.action === "release") {
        drawn.append(svg("rect", {
          x: this.x(event.frame), y: y - 4, height: 8, rx: 4, width: Math.max(1, this.x(next.frame) - this.x(event.frame)),
          class: `bar ${agent}`,
        }));
      }
    });
    events.forEach((event, position) => {
      const over = events.slice(0, position).filter((one) => one.frame === event.frame).length; // otherwise it would hide the other one
      drawn.append(mark(event, this.x(event.frame), y - 7 * over, 6));
    });
  }

  drawPredictions(drawn, y) {
    for (const one of this.video.predictions) {
      const event = this.eventOf(one);
      const x = this.x(one.frame_number);
      if (event) {
        const lane = state.agents.indexOf(event.agent) * LANE + 16;
        drawn.append(svg("line", { x1: x, y1: y, x2: this.x(event.frame), y2: lane, class: "match" }));
        if (one.frame_number !== event.frame) {
          drawn.append(svg("text", { x: x + 8, y: y - 7, class: "tick error-of" }, signed(one.frame_number - event.frame)));
        }
      }
      drawn.append(svg("path", { d: triangle(x, y, 6), class: event ? "predicted" : "predicted alarm" },
        svg("title", {}, predictionTold(one, event))));
    }
  }

  eventOf(prediction) {
    return this.video.events.find(({ index }) => index !== null && index === prediction.event_index);
  }

  predictionsTold() {
    return this.video.predictions.map((one) => `; predicted: ${predictionTold(one, this.eventOf(one))}`).join("");
  }

  moveCursor() {
    const x = this.video && this.cursor ? this.x(state.frame) : 0;
    this.cursor?.setAttribute("x1", x);
    this.cursor?.setAttribute("x2", x);
  }

  seek(event) {
    const part = (event.clientX - this.getBoundingClientRect().left - LEFT) / (this.clientWidth - LEFT - RIGHT);
    this.onframe(Math.round(part * (this.count - 1)));
  }
}

const signed = (number) => (number > 0 ? `+${number}` : `−${-number}`);

function predictionTold(one, event) {
  const off = event && one.frame_number - event.frame;
  const error = event ? `off by ${off} ${Math.abs(off) === 1 ? "frame" : "frames"}` : "matches no event";
  return `${one.action}, frame ${one.frame_number}, score ${Number(one.score).toPrecision(3)}, ${error}`;
}

customElements.define("event-timeline", EventTimeline);
