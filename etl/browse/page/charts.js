// <linked-charts>: when, where and in which templates the shown events happen; brushing one chart filters the others.

import { element } from "./dom.js";
import { charted, numbers } from "./filtering.js";
import { go, state } from "./state.js";

const TEMPLATES = 15;
const QUIET_MS = 40;
const ERRORS_ONLY = 1;

let counted = null; // by charted()

class LinkedCharts extends HTMLElement {
  connectedCallback() {
    this.places = Object.fromEntries(Object.keys(CHARTS).map((name) => [name, element("div", { class: "chart", role: "img" })]));
    this.views = {};
    this.append(
      element("p", { class: "facts" }, "Drag over a chart or click a template to keep only that; click outside to undo."),
      ...Object.entries(CHARTS).map(([name, { title }]) => element("section", { class: "panel" }, element("h2", {}, title), this.places[name])),
    );
    let timer = 0;
    const anew = () => {
      this.views = {};
      this.draw();
    };
    state.addEventListener("change", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
    new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => this.clientWidth !== this.drawnWidth && anew(), QUIET_MS);
    }).observe(this);
  }

  async draw() {
    if (this.hidden || !this.clientWidth) {
      return;
    }
    await vega();
    counted = charted();
    this.drawnWidth = this.clientWidth;
    await Promise.all(Object.keys(CHARTS).map((name) => this.drawOne(name)));
    this.dataset.drawn = String(state.events);
  }

  async drawOne(name) {
    const { values, description, filter, brushed } = CHARTS[name];
    const chosen = `${state.filter[filter]} ${name === "templates" ? values().length : ""}`;
    const known = this.views[name];
    const told = `${description}; ${values().length} marks`;
    this.places[name].setAttribute("aria-label", told);
    if (known && known.chosen === chosen) {
      await (await known.view).data("table", values()).resize().runAsync();
      return;
    }
    const made = { chosen };
    this.views[name] = made;
    made.view = this.embed(name, brushed(state.filter[filter]));
    await made.view;
  }

  async embed(name, brush) {
    const { specification, signal, filter, chosen } = CHARTS[name];
    const place = this.places[name];
    const width = Math.max(200, place.clientWidth - 24);
    const made = { ...specification(), data: { name: "table", values: CHARTS[name].values() }, width, autosize: { type: "fit-x", contains: "padding" } };
    made.params[0].value = brush;
    const { view } = await window.vegaEmbed(place, { ...made, background: "transparent", config: look() }, {
      actions: false, ast: true, logLevel: ERRORS_ONLY, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
    });
    place.querySelector("svg").setAttribute("aria-hidden", "true"); // the element around it has a label of its own
    let value = null;
    view.addSignalListener(signal, (_, now) => (value = now));
    place.onpointerup = () => setTimeout(() => {
      const next = value && chosen(value);
      if (value && String(next) !== String(state.filter[filter])) {
        this.views[name].chosen = `${next} `; // the brush is already drawn
        go({ [filter]: next });
      }
    });
    return view;
  }
}

let loading = null;

function vega() {
  loading ??= new Promise((done, failed) => document.head.append(element("script", { src: "/page/vega.js", onload: done, onerror: failed })));
  return loading;
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function look() {
  const ink = color("--quiet");
  const quiet = { labelColor: ink, titleColor: ink, titleFontWeight: "normal", gridColor: color("--line"), gridOpacity: 0.6, domain: false, tickColor: color("--line"), labelFontSize: 11 };
  return { axis: quiet, legend: { labelColor: ink, titleColor: ink, titleFontWeight: "normal" }, view: { stroke: null }, font: "system-ui, sans-serif" };
}

const rows = (map, names) => [...map].map(([key, events]) => {
  const values = key.split("|");
  return { ...Object.fromEntries(names.map((name, position) => [name, Number.isNaN(Number(values[position])) ? values[position] : Number(values[position])])), events };
});

const square = ({ column, row, events }) => {
  const side = state.cellPx;
  return { x: column * side, x2: (column + 1) * side, y: row * side, y2: (row + 1) * side, events };
};

const faded = { condition: { param: "brush", empty: true, value: 1 }, value: 0.35 };

const CHARTS = {
  when: {
    title: "When: events by frame", description: "Number of events by frame and action", filter: "frames", signal: "brush",
    values: () => rows(counted.when, ["frame", "action"]),
    brushed: (text) => (text ? { x: numbers(text) } : undefined),
    chosen: ({ frame }) => (frame ? frame.map((value) => Math.max(0, Math.round(value))).join("-") : ""),
    specification: () => ({
      height: 170, mark: { type: "bar", tooltip: true },
      params: [{ name: "brush", select: { type: "interval", encodings: ["x"] } }],
      encoding: {
        x: { field: "frame", type: "quantitative", axis: { tickMinStep: 1, grid: false }, scale: { domainMin: -0.5, nice: false } },
        y: { field: "events", type: "quantitative", stack: true, axis: { tickMinStep: 1 } },
        color: { field: "action", type: "nominal", scale: { domain: state.actions, range: [color("--contact"), color("--release")] }, legend: { orient: "top", title: null } },
        opacity: faded,
      },
    }),
  },
  where: {
    title: "Where: events by place in the picture", description: "Number of events by place in the picture", filter: "cells", signal: "brush",
    values: () => rows(counted.where, ["column", "row"]).map(square),
    brushed: (text) => {
      const [left, top, right, bottom] = numbers(text);
      return text ? { x: [left, right], y: [top, bottom] } : undefined;
    },
    chosen: ({ x, y }) => (x && y ? [x[0], Math.min(...y), x[1], Math.max(...y)].map((value) => Math.max(0, Math.round(value))).join("-") : ""),
    specification: () => ({
      height: 240, mark: { type: "rect", tooltip: true },
      params: [{ name: "brush", select: { type: "interval" } }],
      encoding: {
        x: { field: "x", type: "quantitative", title: "x in pixels" }, x2: { field: "x2" },
        y: { field: "y", type: "quantitative", title: "y in pixels", scale: { reverse: true } }, y2: { field: "y2" },
        color: { field: "events", type: "quantitative", scale: { type: "sqrt", range: [color("--heat-low"), color("--heat-high")] }, legend: { orient: "top", direction: "horizontal", gradientLength: 160, gradientThickness: 10, title: "events" } },
        opacity: faded,
      },
    }),
  },
  templates: {
    title: "Which: the most common templates", description: "Number of videos by template", filter: "template", signal: "brush",
    values: () => [...counted.templates].sort((a, b) => b[1] - a[1]).slice(0, TEMPLATES).map(([template, videos]) => ({ template, videos })),
    brushed: (chosen) => (chosen.length ? chosen.map((template) => ({ template })) : undefined),
    chosen: ({ template }) => template ?? [],
    specification: () => ({
      height: Math.max(2, CHARTS.templates.values().length) * 20, mark: { type: "bar", tooltip: true, color: color("--link"), cursor: "pointer" },
      params: [{ name: "brush", select: { type: "point", fields: ["template"] } }],
      encoding: {
        y: { field: "template", type: "nominal", sort: null, title: null, axis: { labelLimit: innerWidth < 700 ? 150 : 280 } },
        x: { field: "videos", type: "quantitative", axis: { tickMinStep: 1 } },
        opacity: faded,
      },
    }),
  },
};

customElements.define("linked-charts", LinkedCharts);
