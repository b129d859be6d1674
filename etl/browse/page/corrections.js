// What can be done to an event. Every decision is on the disk before the page shows it; undo takes the opposite one.

import { element, tell } from "./dom.js";
import { decided, state } from "./state.js";

const OPPOSITE = { move: "move", relabel: "relabel", add: "remove", remove: "add", accept: "accept" };

export class Corrections {
  constructor(view) {
    this.view = view;
    this.done = [];
    this.undone = [];
  }

  draw() {
    const button = (text, key, work, off = false) => element("button", { type: "button", title: `key: ${key}`, disabled: off, onclick: work }, text);
    const none = !this.view.chosen;
    this.view.tools.replaceChildren(
      button("Right as it is", "Enter", () => this.accept(), none),
      button("Move to this frame", "m", () => this.move(), none),
      button(this.places ? "Now click the point" : "Set the point", "p", () => this.place(), none),
      button("Other action", "a", () => this.relabel("action"), none),
      button("Next agent", "g", () => this.relabel("agent"), none),
      button("Remove", "Delete", () => this.remove(), none),
      button("Add here", "n", () => this.add()),
      button("Undo", "u", () => this.undo(), !this.done.length),
      button("Redo", "U", () => this.redo(), !this.undone.length),
    );
  }

  marks(event) {
    const decisions = state.decisions.filter((one) => one.video_id === this.view.video.id && one.event_index === event.index
      && (one.event_index !== null || same(one.after, label(event))));
    const last = decisions.at(-1);
    if (!last || (last.op === "accept" && !last.after)) {
      return [];
    }
    const was = decisions.find((one) => one.before && one.op !== "accept")?.before;
    const history = was ? `was ${was.action}, frame ${was.frame_number}, at (${was.point_x}, ${was.point_y})` : last.op;
    return [" ", element("small", {}, last.op === "accept" ? "✓ looked at" : history, last.note ? ` — ${last.note}` : "")];
  }

  point([x, y]) {
    if (this.adds) {
      this.adds = false;
      this.decide("add", null, { ...this.adding, frame_number: state.frame, point_x: x, point_y: y });
    } else if (this.places && this.view.chosen) {
      this.places = false;
      this.change("move", { point_x: x, point_y: y });
    }
  }

  place() {
    this.places = !this.places;
    this.draw();
  }

  accept() {
    const event = this.view.chosen;
    return event && this.decide("accept", event.index, label(event), label(event));
  }

  move() {
    return this.change("move", { frame_number: state.frame });
  }

  relabel(field) {
    const words = field === "action" ? state.actions : state.agents;
    const event = this.view.chosen;
    return event && this.change("relabel", { [field]: words[(words.indexOf(event[field]) + 1) % words.length] });
  }

  change(op, changes) {
    const event = this.view.chosen;
    return event && this.decide(op, event.index, { ...label(event), ...changes }, label(event));
  }

  remove() {
    const event = this.view.chosen;
    return event && this.decide("remove", event.index, null, label(event));
  }

  add() {
    const event = this.view.chosen;
    this.adding = { action: event?.action ?? state.actions[0], agent: event?.agent ?? state.agents[0] };
    this.adds = true;
    tell("Click the point on the picture.");
  }

  async undo() {
    const last = this.done.at(-1);
    if (last && await this.send(opposite(last))) {
      this.undone.push(this.done.pop());
      this.draw();
    }
  }

  async redo() {
    const last = this.undone.at(-1);
    if (last && await this.send(last)) {
      this.done.push(this.undone.pop());
      this.draw();
    }
  }

  async decide(op, index, after, before = null) {
    const decision = { video_id: this.view.video.id, event_index: index ?? null, op, before, after, note: this.view.note.value.trim() };
    if (op !== "accept" && before && after && same(before, after)) {
      return;
    }
    if (await this.send(decision)) {
      this.done.push(decision);
      this.undone = [];
      this.view.note.value = "";
      this.draw();
      tell(`${op}: written to the corrections file`);
    }
  }

  async send(decision) {
    try {
      await decided(decision);
      return true;
    } catch (error) {
      tell(error.status === 409 ? "Another window has changed this event; here it is as it is now." : `Not written: ${error.message}`);
      return false;
    }
  }
}

function opposite(decision) {
  const { op, before, after } = decision;
  if (op === "accept") {
    return { ...decision, after: null, note: "undo" };
  }
  const reversed = { ...decision, op: OPPOSITE[op], before: after, after: before, note: "undo" };
  return op === "remove" ? { ...reversed, event_index: null } : reversed;
}

const label = (event) => ({
  action: event.action, agent: event.agent, frame_number: event.frame, point_x: event.x, point_y: event.y,
});

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
