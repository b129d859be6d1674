// <filter-panel>: the choices with the number of videos behind each, and the same selection for the command line.

import { button, element, labelled, tell, thousands } from "./dom.js";
import { KINDS } from "./filtering.js";
import { icon } from "./marks.js";
import { commands } from "./selection.js";
import { emptyFilter, go, isFiltered, replace, state } from "./state.js";

const BOXES = ["split", "action", "agent"];
const TYPING_MS = 60;
const FRAMES = { frames: (text) => `frames ${text.replace("-", " to ")}`, cells: () => "part of the picture", where: (text) => text, text: (text) => `“${text}”` };

class FilterPanel extends HTMLElement {
  connectedCallback() {
    const typed = { autocomplete: "off", spellcheck: "false" };
    this.search = element("input", { type: "search", id: "text", placeholder: "template, object or id", "aria-keyshortcuts": "/", ...typed });
    this.where = element("input", { type: "text", id: "where", placeholder: "frame_number < 12", "aria-describedby": "where-error", ...typed });
    this.error = element("p", { id: "where-error", class: "error", role: "alert" });
    this.selects = Object.fromEntries(["template", "object", "list", "predictions"].map((name) => [name, element("select", { id: name })]));
    let timer = 0;
    this.search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => replace({ text: this.search.value.trim() }), TYPING_MS);
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        clearTimeout(timer);
        replace({ text: this.search.value.trim() });
        (document.querySelector("video-gallery:not([hidden]) .card") ?? this.search).focus();
        event.preventDefault();
      }
    });
    this.where.addEventListener("change", () => go({ where: this.where.value.trim() }));
    for (const [name, select] of Object.entries(this.selects)) {
      const isText = ["list", "predictions"].includes(name);
      select.addEventListener("change", () => go({ [name]: isText ? select.value : [select.value].filter(Boolean) }));
    }
    this.boxes = Object.fromEntries(BOXES.map((kind) => [kind, element("fieldset", {}, element("legend", {}, kind))]));
    this.all = button("Show all", "", () => go(emptyFilter()));
    this.code = element("code", { tabindex: "0" });
    this.copies = element("p", { class: "row" }, button("Copy for export", "", () => this.copy("export")), button("for report", "", () => this.copy("report")));
    const narrow = matchMedia("(max-width: 800px)");
    narrow.addEventListener("change", () => (this.details.open = !narrow.matches));
    this.details = element("details", { open: !narrow.matches },
      element("summary", {}, "Filter"),
      labelled("Words", this.search),
      ...Object.values(this.boxes),
      ...["template", "object", "list", "predictions"].map((name) => labelled({ list: "quality list" }[name] ?? name, this.selects[name])),
      labelled("condition in SQL", this.where), this.error, this.all,
      element("section", { class: "command", "aria-label": "The same for the command line" }, element("h3", {}, "On the command line"), this.code, this.copies));
    this.append(this.details);
    this.chips = document.getElementById("chips");
    state.addEventListener("change", () => this.draw());
  }

  draw() {
    if (this.hidden) {
      return;
    }
    const { filter, counts } = state;
    for (const [input, value] of [[this.search, filter.text], [this.where, filter.where]]) {
      if (document.activeElement !== input || !value) {
        input.value = document.activeElement === input ? input.value : value;
      }
    }
    const isNewError = state.error && state.error !== this.error.textContent;
    this.error.textContent = state.error;
    if (isNewError) {
      this.error.scrollIntoView({ block: "nearest" });
    }
    this.where.setAttribute("aria-invalid", String(Boolean(state.error)));
    BOXES.forEach((kind) => this.drawBoxes(kind));
    const pairs = {
      template: state.templates.map((text) => [text, text]), object: state.objects.map((text) => [text, text]),
      list: state.lists.map(({ name, question }) => [name, question]), predictions: KINDS.map((kind) => [kind, kind]),
    };
    for (const [name, select] of Object.entries(this.selects)) {
      options(select, pairs[name], [filter[name]].flat()[0] ?? "", counts[name]);
    }
    this.selects.object.parentElement.hidden = !state.objects.length;
    this.selects.predictions.parentElement.hidden = !state.videos.some((video) => video.predictions.length);
    this.all.hidden = !isFiltered();
    const same = commands();
    this.code.textContent = same?.export ?? "Too many videos for a command: narrow the filter further, or remove the one on predictions.";
    this.copies.hidden = !same;
    this.drawChips();
  }

  drawBoxes(kind) {
    const words = { split: state.splits, action: state.actions, agent: state.agents }[kind];
    const group = this.boxes[kind];
    if (group.children.length === 1) {
      group.append(...words.map((word) => {
        const box = element("input", { type: "checkbox", "data-word": word, onchange: () => {
          const others = state.filter[kind].filter((one) => one !== word);
          go({ [kind]: box.checked ? [...others, word] : others });
        } });
        const meaning = { action: { action: word, agent: "any" }, agent: { action: "contact", agent: word } }[kind];
        return element("label", {}, box, meaning && icon(meaning), element("span", {}, word), element("small"));
      }));
    }
    for (const label of group.querySelectorAll("label")) {
      const [box, count] = [label.firstChild, label.lastChild];
      box.checked = state.filter[kind].includes(box.dataset.word);
      count.textContent = thousands(state.counts[kind].get(box.dataset.word) ?? 0);
    }
  }

  // The choices, above the gallery: a click removes one.
  drawChips() {
    const chosen = Object.entries(state.filter).flatMap(([name, value]) => (Array.isArray(value)
      ? value.map((one) => [one, { [name]: value.filter((other) => other !== one) }])
      : value ? [[FRAMES[name]?.(value) ?? state.lists.find((list) => list.name === value)?.question ?? value, { [name]: "" }]] : []));
    this.chips.replaceChildren(...chosen.map(([text, changes]) => element("button", { type: "button", class: "chip", "aria-label": `Take back: ${text}`, onclick: () => go(changes) },
      element("span", {}, text), element("span", { "aria-hidden": "true" }, "×"))));
    this.chips.hidden = !chosen.length;
  }

  async copy(command) {
    const text = commands()[command];
    try {
      await navigator.clipboard.writeText(text);
      tell("Copied.");
    } catch {
      tell(text); // without permission for the clipboard, it can be copied by hand
    }
  }
}

function options(select, pairs, chosen, counts) {
  if (select.options.length !== pairs.length + 1) {
    select.replaceChildren(...[["", "all"], ...pairs].map(([value]) => element("option", { value })));
  }
  [["", "all"], ...pairs].forEach(([value, text], position) => {
    select.options[position].textContent = value ? `${text} · ${thousands(counts.get(value) ?? 0)}` : text;
  });
  select.value = chosen;
}

customElements.define("filter-panel", FilterPanel);
