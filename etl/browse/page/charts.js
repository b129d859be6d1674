// <linked-charts>: when, where and in which templates what is shown happens; brushing one filters the others.

import { element } from "./dom.js";
import { choose, state } from "./state.js";

const CELL = 20;
const TEMPLATES = 15;

class LinkedCharts extends HTMLElement {
  connectedCallback() {
    this.places = Object.fromEntries(["when", "where", "templates"].map((name) => [name, element("div", { role: "img", "aria-label": name })]));
    this.append(
      element("section", {}, element("h2", {}, "When: events by frame"), this.places.when),
      element("section", {}, element("h2", {}, "Where: events by square of 20 pixels"), this.places.where),
      element("section", {}, element("h2", {}, "Which: the commonest templates"), this.places.templates),
      element("p", {}, "Drag over a chart to keep only what lies there; click a template to keep only it. “Show all” takes it back."),
    );
    state.addEventListener("change", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  async draw() {
    if (this.hidden) {
      return;
    }
    await vega();
    const frames = new Map(), cells = new Map(), templates = new Map();
    for (const { video, events } of state.shown) {
      const template = state.templates[video.template];
      templates.set(template, (templates.get(template) ?? 0) + 1);
      for (const event of events) {
        count(frames, `${event.frame}|${event.action}`);
        count(cells, `${Math.floor(event.x / CELL)}|${Math.floor(event.y / CELL)}`);
      }
    }
    const rows = (map, names) => [...map].map(([key, events]) => ({
      ...Object.fromEntries(key.split("|").map((value, position) => [names[position], Number.isNaN(Number(value)) ? value : Number(value)])), events,
    }));
    const common = [...templates].sort((a, b) => b[1] - a[1]).slice(0, TEMPLATES).map(([template, videos]) => ({ template, videos }));
    await Promise.all([
      this.show("when", when(rows(frames, ["frame", "action"])), "brush", ({ frame }) => frame && choose("frames", frame.map(Math.round).join("-"))),
      this.show("where", where(rows(cells, ["column", "row"])), "brush", ({ x, y }) => x && y && choose("cells",
        [x[0], Math.min(...y), x[1], Math.max(...y)].map((value) => Math.max(0, Math.round(value))).join("-"))),
      this.show("templates", which(common), "pick", ({ template }) => template && choose("template", template)),
    ]);
    this.dataset.drawn = String(state.events);
  }

  async show(name, specification, signal, chosen) {
    const place = this.places[name];
    place.setAttribute("aria-label", specification.description);
    const width = Math.max(200, Math.min(760, this.clientWidth - 120));
    const drawn = await window.vegaEmbed(place, { ...specification, width, background: "transparent", config: look() }, {
      actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
    });
    place.querySelector("svg").setAttribute("aria-hidden", "true"); // the place's own label tells what it shows
    let value = null;
    drawn.view.addSignalListener(signal, (_, now) => (value = now));
    place.onpointerup = () => value && Object.keys(value).length && chosen(value);
  }
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

let loading = null;

function vega() {
  loading ??= new Promise((done, failed) => document.head.append(element("script", { src: "/page/vega.js", onload: done, onerror: failed })));
  return loading;
}

function look() {
  const ink = getComputedStyle(document.body).color;
  const quiet = { labelColor: ink, titleColor: ink, gridOpacity: 0.2, domainOpacity: 0.4, tickOpacity: 0.4 };
  return { axis: quiet, legend: { labelColor: ink, titleColor: ink }, view: { stroke: null } };
}

const when = (values) => ({
  description: "Number of events by frame and action", data: { values }, height: 160, mark: "bar",
  params: [{ name: "brush", select: { type: "interval", encodings: ["x"] } }],
  encoding: {
    x: { field: "frame", type: "quantitative", title: "frame", axis: { tickMinStep: 1 }, scale: { domainMin: -0.5, nice: false } },
    y: { field: "events", type: "quantitative", stack: true },
    color: { field: "action", type: "nominal", scale: { domain: state.actions } },
  },
});

const where = (values) => ({
  description: "Number of events by place in the picture", height: 220, mark: "rect",
  data: { values: values.map(({ column, row, events }) => ({ x: column * CELL, x2: column * CELL + CELL, y: row * CELL, y2: row * CELL + CELL, events })) },
  params: [{ name: "brush", select: { type: "interval" } }],
  encoding: {
    x: { field: "x", type: "quantitative", title: "x in pixels" }, x2: { field: "x2" },
    y: { field: "y", type: "quantitative", title: "y in pixels", scale: { reverse: true } }, y2: { field: "y2" },
    color: { field: "events", type: "quantitative", scale: { type: "sqrt", scheme: matchMedia("(prefers-color-scheme: dark)").matches ? "darkblue" : "blues" } },
  },
});

const which = (values) => ({
  description: "Number of videos by template", data: { values }, height: { step: 18 }, mark: "bar",
  params: [{ name: "pick", select: { type: "point", fields: ["template"] } }],
  encoding: {
    y: { field: "template", type: "nominal", sort: null, title: null, axis: { labelLimit: 260 } },
    x: { field: "videos", type: "quantitative" },
  },
});

customElements.define("linked-charts", LinkedCharts);
