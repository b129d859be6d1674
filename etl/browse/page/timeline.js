// <event-timeline>: a lane per agent with contact → release bars, predictions under the labels; a click shows a frame.

import { svg } from "./dom.js";
import { mark, told } from "./marks.js";
import { state } from "./state.js";

const LANE = 26;
const LEFT = 110;
const RIGHT = 14;

class EventTimeline extends HTMLElement {
  show(video, count, onframe) {
    Object.assign(this, { video, count: Math.max(2, count), onframe });
    this.draw();
  }

  connectedCallback() {
    new ResizeObserver(() => this.draw()).observe(this);
    state.addEventListener("frame", () => this.moveCursor());
  }

  x(frame) {
    return LEFT + ((this.clientWidth - LEFT - RIGHT) * frame) / (this.count - 1);
  }

  draw() {
    if (!this.video || !this.clientWidth) {
      return;
    }
    const lanes = [...state.agents, ...(this.video.predictions.length ? ["predicted"] : [])];
    const height = lanes.length * LANE + 22;
    const drawn = svg("svg", {
      width: this.clientWidth, height, role: "img",
      "aria-label": `Timeline: ${this.video.events.map(told).join("; ") || "no events"}`,
    });
    lanes.forEach((lane, row) => {
      const y = row * LANE + 14;
      drawn.append(
        svg("text", { x: 0, y: y + 4, class: "lane" }, lane),
        svg("line", { x1: LEFT, x2: this.clientWidth - RIGHT, y1: y, y2: y, class: "axis" }),
      );
      if (lane === "predicted") {
        this.drawPredictions(drawn, y);
      } else {
        this.drawLane(drawn, lane, y);
      }
    });
    for (let frame = 0; frame < this.count; frame += this.count > 60 ? 20 : 10) {
      drawn.append(svg("text", { x: this.x(frame), y: height - 3, class: "tick" }, String(frame)));
    }
    this.cursor = svg("line", { y1: 0, y2: height - 14, class: "cursor" });
    drawn.append(this.cursor);
    drawn.addEventListener("pointerdown", (event) => this.seek(event));
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
          x: this.x(event.frame), y: y - 3, height: 6, width: Math.max(1, this.x(next.frame) - this.x(event.frame)),
          class: `bar ${agent}`,
        }));
      }
    });
    events.forEach((event) => drawn.append(mark(event, this.x(event.frame), y)));
  }

  drawPredictions(drawn, y) {
    for (const one of this.video.predictions) {
      const event = this.video.events.find(({ index }) => index === one.event_index);
      const x = this.x(one.frame_number);
      if (event) {
        const lane = state.agents.indexOf(event.agent) * LANE + 14;
        drawn.append(svg("line", { x1: x, y1: y, x2: this.x(event.frame), y2: lane, class: "match" }));
      }
      const error = event ? `off by ${one.frame_number - event.frame} frames` : "matches no event";
      drawn.append(svg("path", { d: `M${x} ${y - 6}L${x + 6} ${y + 5}L${x - 6} ${y + 5}Z`, class: event ? "predicted" : "predicted alarm" },
        svg("title", {}, `${one.action}, score ${Number(one.score).toPrecision(3)}, ${error}`)));
    }
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

customElements.define("event-timeline", EventTimeline);
