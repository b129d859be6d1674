// <review-queue>: the labels that deserve a second look, one by one: why, what to compare with, the frames around.

import * as api from "./api.js";
import { decide, label, undo } from "./decisions.js";
import { button, element, labelled, svg, tell, thousands } from "./dom.js";
import { icon, told } from "./marks.js";
import { go, isFiltered, state } from "./state.js";
import { AROUND, strip } from "./strip.js";

const SUSPECTS = "suspects";
const TOLD_ELSEWHERE = ["reason", "video_id", "event_index", "template", "split", "action", "agent", "frame_number", "point_x", "point_y"];

class ReviewQueue extends HTMLElement {
  connectedCallback() {
    this.choice = element("select", { id: "queue", onchange: () => go({ queue: this.choice.value }) });
    this.place = element("p", { role: "status", class: "facts" });
    this.card = element("article", { class: "suspect", tabindex: "-1" });
    this.take = button("Take the prediction", "t", () => this.takePrediction());
    this.actions = element("div", { class: "row actions", role: "group", "aria-label": "Decide", hidden: true },
      button("Right as it is", "Enter", () => this.accept(), { class: "primary" }), button("Correct", "c", () => this.correct()), this.take,
      button("Skip", "s", () => this.move(1)), button("Back", "k", () => this.move(-1)), button("Undo", "u", () => this.undo()));
    this.append(element("div", { class: "row between" }, labelled("What deserves a second look", this.choice), this.place), this.card, this.actions);
    this.known = new Map();
    state.addEventListener("change", () => this.open());
  }

  async open() {
    if (state.part !== "review" || this.hidden) {
      return;
    }
    if (!this.choice.options.length) {
      this.choice.replaceChildren(element("option", { value: SUSPECTS }, "Suspects: all evidence against a label, the most suspect first"),
        ...state.lists.map(({ name, question }) => element("option", { value: name }, question)));
    }
    const name = [...this.choice.options].some(({ value }) => value === state.queue) ? state.queue : SUSPECTS;
    this.choice.value = name;
    if (!this.known.has(name)) {
      this.place.textContent = "Comparing the labels with each other…";
      this.known.set(name, null);
      const rows = await (name === SUSPECTS ? api.suspects() : api.list(name)).catch((error) => {
        tell(error.message, true);
        return [];
      });
      this.known.set(name, rows.map((row, at) => ({ ...row, at })));
    }
    if (this.choice.value === name && this.known.get(name)) { // otherwise another list was chosen meanwhile
      this.fill(name);
    }
  }

  // The rows for the videos that the filter shows; the position in them is kept if possible.
  fill(name) {
    const shown = isFiltered() && new Set(state.shown.map(({ video }) => video.id));
    const rows = this.known.get(name).filter((row) => !shown || shown.has(row.video_id));
    const now = this.name === name ? this.row?.at : undefined;
    this.rows = rows;
    this.name = name;
    const kept = rows.findIndex((row) => row.at === now);
    this.index = kept >= 0 ? kept : Math.max(0, rows.findIndex((row) => !this.isDecided(row)));
    this.draw();
  }

  get row() {
    return this.rows?.[this.index];
  }

  get video() {
    return state.byId.get(this.row?.video_id);
  }

  // The event that the row is about; none for a prediction without a label, or a row about a whole video.
  get event() {
    return this.eventOf(this.row?.event_index ?? null);
  }

  eventOf(index) {
    return index === null ? undefined : this.video?.events.find((event) => event.index === index);
  }

  isDecided(row) {
    const last = state.decisions.findLast((one) => one.video_id === row.video_id && one.event_index === (row.event_index ?? null));
    return Boolean(last) && !(last.op === "accept" && !last.after);
  }

  draw() {
    const { row, video } = this;
    const of = isFiltered() ? " in the videos that the filter shows" : "";
    const decided = this.rows.filter((one) => this.isDecided(one)).length;
    this.place.textContent = this.rows.length
      ? `${thousands(this.index + 1)} of ${thousands(this.rows.length)}${of} · ${thousands(decided)} decided` : `This list is empty${of}.`;
    this.actions.hidden = !row;
    if (!video) {
      this.card.replaceChildren();
      return;
    }
    const { event } = this;
    const middle = event?.frame ?? row.frame_number ?? video.events[0]?.frame ?? 0;
    this.take.hidden = !row.predicted_action || !state.canCorrect;
    this.actions.querySelector(".primary").disabled = !state.canCorrect || !event;
    this.card.replaceChildren(
      element("h2", {}, element("span", { class: "id" }, video.id), " ", video.template),
      element("p", { class: "told" }, event ? icon(event) : "", event ? told(event) : nothing(row),
        this.isDecided(row) && element("strong", { class: "decided" }, "✓ decided")),
      strip(video, middle, "the frames around it"),
      ...this.others(middle).map(([name, frame]) => element("div", { class: "other" }, element("h3", {}, name), strip(video, frame, name))),
      element("div", { class: "why" }, this.reasons(row), this.parts(row), this.compared(row, event)));
  }

  // Strips of what to compare with, if it is on other frames
  others(middle) {
    const { row } = this;
    const other = this.eventOf(row.other_event_index ?? null);
    const found = [other && [`event ${other.index}: ${told(other)}`, other.frame], row.predicted_action && [`predicted: ${row.predicted_action}, frame ${row.predicted_frame}`, row.predicted_frame]];
    return found.filter((one) => one && Math.abs(one[1] - middle) > AROUND);
  }

  reasons(row) {
    const facts = Object.entries(row).filter(([name, value]) => name !== "at" && !TOLD_ELSEWHERE.includes(name) && value !== null);
    const lines = row.reasons?.split("; ") ?? facts.map(([name, value]) => `${name.replaceAll("_", " ")}: ${value}`);
    return element("section", {}, element("h3", {}, row.reasons ? "Why" : row.reason), element("ul", {}, ...lines.map((line) => element("li", {}, line))));
  }

  parts(row) {
    if (!row.parts) {
      return null;
    }
    const most = Math.max(...row.parts.map(([, value]) => Math.abs(value)));
    const bar = (value) => svg("svg", { class: "part-bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { width: (100 * Math.abs(value)) / most, height: 8, class: value < 0 ? "less" : "" }));
    return element("section", {}, element("h3", {}, `Score ${row.score.toFixed(1)}`),
      element("table", { class: "parts" }, ...row.parts.map(([name, value]) => element("tr", {},
        element("th", { scope: "row" }, name.replaceAll("_", " ")), element("td", { class: "number" }, value.toFixed(1)), element("td", {}, bar(value))))));
  }

  compared(row, event) {
    const other = this.eventOf(row.other_event_index ?? null);
    const lines = [
      event && ["this", event.action, event.frame, `(${event.x}, ${event.y})`],
      other && [`event ${other.index}`, other.action, other.frame, `(${other.x}, ${other.y})`],
      row.compared_events && [`usual: median of ${row.compared_events} of this ${row.compared_with}`, "", Math.round(row.median_frame), `(${Math.round(row.median_x)}, ${Math.round(row.median_y)})`],
      row.predicted_action && [`predicted, score ${row.prediction_score?.toPrecision(3) ?? "?"}`, row.predicted_action, row.predicted_frame, Number.isFinite(row.predicted_x) ? `(${Math.round(row.predicted_x)}, ${Math.round(row.predicted_y)})` : ""],
    ].filter(Boolean);
    return lines.length < 2 ? null : element("section", {}, element("h3", {}, "Compare with"), element("table", {},
      element("tr", {}, ...["", "action", "frame", "point"].map((name) => element("th", { scope: "col" }, name))),
      ...lines.map(([name, ...values]) => element("tr", {}, element("th", { scope: "row" }, name), ...values.map((value) => element("td", {}, String(value)))))));
  }

  move(by) {
    this.index = Math.max(0, Math.min((this.rows?.length ?? 1) - 1, (this.index ?? 0) + by));
    this.draw();
  }

  accept() {
    const { event } = this;
    return event && state.canCorrect && this.decide({ op: "accept", before: label(event), after: label(event) });
  }

  // Move the event to where the prediction has it; if there is no label, add one there.
  takePrediction() {
    const { row, event } = this;
    if (!row || !state.canCorrect) {
      return null;
    }
    if (!row.predicted_action) {
      tell("There is no prediction for this label.");
      return null;
    }
    const place = Number.isFinite(row.predicted_x) ? [row.predicted_x, row.predicted_y].map(Math.round) : event && [event.x, event.y];
    if (!place) {
      tell("This prediction has no point: press c, and n to add the event.");
      return null;
    }
    const agent = event?.agent ?? this.video.predictions.find((one) => one.frame_number === row.predicted_frame && one.action === row.predicted_action)?.agent ?? state.agents[0];
    const after = { action: row.predicted_action, agent, frame_number: row.predicted_frame, point_x: place[0], point_y: place[1] };
    const op = !event ? "add" : after.action === event.action ? "move" : "relabel";
    return this.decide({ op, before: event ? label(event) : null, after });
  }

  async decide(decision) {
    const { row, event } = this;
    if (this.isDeciding) { // a second press would decide about a row that nobody has seen yet
      return;
    }
    this.isDeciding = true;
    const isTaken = await decide({ video_id: row.video_id, event_index: event?.index ?? null, note: this.name, ...decision });
    this.isDeciding = false;
    if (isTaken) {
      this.move(1);
    }
  }

  async undo() {
    const last = await undo();
    const index = last ? this.rows.findIndex((row) => row.video_id === last.video_id && (row.event_index ?? null) === last.event_index) : -1;
    if (index >= 0) {
      this.index = index;
      this.draw();
    }
  }

  correct() {
    const { row, event } = this;
    if (row) {
      state.wanted = event; // of those on its frame
      go({ video: row.video_id, frame: event?.frame ?? row.frame_number ?? 0 });
    }
  }
}

function nothing(row) {
  return row.predicted_action ? "no label here" : row.frame_number === undefined ? "the whole video" : `frame ${row.frame_number}`;
}

customElements.define("review-queue", ReviewQueue);
