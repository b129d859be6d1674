// <filter-panel>: what is shown, with the number of videos behind every choice, and the same for the command line.

import { element, tell } from "./dom.js";
import { choose, command, go, state } from "./state.js";

const KINDS = ["split", "action", "agent"];

class FilterPanel extends HTMLElement {
  connectedCallback() {
    this.search = element("input", { type: "search", id: "text", autocomplete: "off", spellcheck: "false" });
    this.where = element("input", {
      type: "text", id: "where", autocomplete: "off", spellcheck: "false", "aria-describedby": "where-error",
      placeholder: "frame_number < 12",
    });
    this.error = element("p", { id: "where-error", class: "error", role: "alert" });
    this.list = element("select", { id: "list" });
    this.template = element("select", { id: "template" });
    this.predictions = element("select", { id: "predictions" });
    this.choices = element("div");
    this.selection = element("code");
    let timer = 0;
    this.search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => choose("text", this.search.value.trim()), 120);
    });
    this.where.addEventListener("change", () => choose("where", this.where.value.trim()));
    this.list.addEventListener("change", () => choose("list", this.list.value));
    this.predictions.addEventListener("change", () => choose("predictions", this.predictions.value));
    this.template.addEventListener("change", () => choose("template", this.template.value ? [this.template.value] : []));
    const copy = element("button", { type: "button", onclick: () => this.copy() }, "Copy");
    const clear = element("button", { type: "button", onclick: () => this.clear() }, "Show all");
    this.details = element("details", { open: innerWidth > 700 },
      element("summary", {}, "Filter"),
      labelled("Words in template, objects or id", this.search),
      this.choices,
      labelled("Template", this.template),
      labelled("List of quality", this.list),
      this.predictionChoice = labelled("Predictions", this.predictions),
      labelled("Condition in SQL", this.where), this.error,
      element("p", {}, clear),
      element("p", {}, "The same for export and report: ", this.selection, " ", copy));
    this.append(this.details);
    state.addEventListener("change", () => this.draw());
  }

  draw() {
    const { filter } = state;
    if (document.activeElement !== this.search) {
      this.search.value = filter.text;
    }
    if (document.activeElement !== this.where) {
      this.where.value = filter.where;
    }
    this.error.textContent = state.error ?? "";
    options(this.list, [["", "all"], ...state.lists.map(({ name, question }) => [name, question])], filter.list);
    options(this.template, [["", "all"], ...state.templates.map((text) => [text, text])], filter.template[0] ?? "");
    options(this.predictions, [["", "all"], ...["missed", "false alarm", "off by more than 2"].map((kind) => [kind, kind])],
      filter.predictions);
    this.predictionChoice.hidden = !state.videos.some((video) => video.predictions.length);
    this.choices.replaceChildren(...KINDS.map((kind) => this.choice(kind)));
    this.selection.textContent = command() || "(everything)";
  }

  choice(kind) {
    const words = { split: state.splits, action: state.actions, agent: state.agents }[kind];
    const counts = new Map();
    for (const { video, events } of state.shown) {
      const found = kind === "split" ? [state.splits[video.split]] : new Set(events.map((event) => event[kind]));
      found.forEach((word) => counts.set(word, (counts.get(word) ?? 0) + 1));
    }
    const group = element("fieldset", {}, element("legend", {}, kind));
    for (const word of words) {
      const box = element("input", { type: "checkbox", checked: state.filter[kind].includes(word) });
      box.addEventListener("change", () => {
        const others = state.filter[kind].filter((one) => one !== word);
        choose(kind, box.checked ? [...others, word] : others);
      });
      group.append(element("label", {}, box, ` ${word} `, element("small", {}, (counts.get(word) ?? 0).toLocaleString("en"))));
    }
    return group;
  }

  async copy() {
    await navigator.clipboard?.writeText(`contact-release export FORMAT ${command()}`).catch(() => {});
    tell("Copied; put a format and --output DIR to it.");
  }

  clear() {
    go({ split: [], action: [], agent: [], template: [], text: "", where: "", list: "", predictions: "", frames: "", cells: "" });
  }
}

function labelled(text, input) {
  return element("label", { class: "field" }, text, input);
}

function options(select, pairs, chosen) {
  if (select.options.length !== pairs.length) {
    select.replaceChildren(...pairs.map(([value, text]) => element("option", { value }, text)));
  }
  select.value = chosen;
}

customElements.define("filter-panel", FilterPanel);
