// What can be done to the chosen event of the shown video.

import { canRedo, canUndo, decide, inTurn, label, redo, same, undo } from "./decisions.js";
import { button, element, tell } from "./dom.js";
import { go, state } from "./state.js";

const DONE = { move: "Moved", relabel: "Changed", add: "Added", remove: "Removed", accept: "Right as it is" };

export class Corrections {
  constructor(view) {
    this.view = view;
    this.aims = null; // the purpose of the next point: "move", "add", or null
  }

  draw() {
    const none = { disabled: !this.view.chosen };
    const aims = (what) => ({ "aria-pressed": String(this.aims === what) });
    this.view.tools.replaceChildren(
      element("div", { class: "row" },
        button("Right as it is", "Enter", () => this.accept(), { class: "primary", ...none }),
        button("Move to this frame", "m", () => this.move(), none)),
      element("div", { class: "row" },
        button("Other action", "a", () => this.relabel("action"), none),
        button("Next agent", "g", () => this.relabel("agent"), none),
        button("Set point", "p", () => this.place("move"), { ...none, ...aims("move") })),
      element("div", { class: "row" },
        button("Add here", "n", () => this.place("add"), aims("add")),
        button("Remove", "Delete", () => this.remove(), none),
        button("Undo", "u", () => this.undo(), { disabled: !canUndo() }),
        button("Redo", "U", () => this.redo(), { disabled: !canRedo() })));
  }

  // What was decided about an event so far, in words; empty if nothing was
  historyOf(event) {
    const decisions = state.decisions.filter((one) => one.video_id === this.view.video.id && one.event_index === event.index
      && (one.event_index !== null || same(one.after, label(event))));
    const last = decisions.at(-1);
    if (!last || (last.op === "accept" && !last.after)) {
      return "";
    }
    const was = decisions.find((one) => one.before && one.op !== "accept")?.before;
    const isBack = was && same(was, label(event));
    const told = last.op === "accept" ? "✓ looked at" : isBack ? "as it was published"
      : was ? `was ${was.action}, ${was.agent}, frame ${was.frame_number}, at (${was.point_x}, ${was.point_y})` : "added";
    return last.note && last.note !== "undo" ? `${told} — ${last.note}` : told;
  }

  // A point is set by a click on the picture, or by the arrow keys and Enter.
  place(what) {
    if (this.aims === what) {
      this.stop();
      return;
    }
    this.aims = what;
    const { canvas } = this.view.canvas;
    const event = this.view.chosen;
    this.view.canvas.takeAim(what === "move" && event ? [event.x, event.y] : [Math.floor(canvas.width / 2), Math.floor(canvas.height / 2)]);
    this.draw();
    tell("Click the point, or move the cross with the arrow keys and press Enter. Esc cancels.");
  }

  aim(right, down) {
    const [x, y] = this.view.canvas.aim;
    this.view.canvas.takeAim([x + right, y + down]);
  }

  stop() {
    this.aims = null;
    this.view.canvas.takeAim(null);
    this.draw();
  }

  point([x, y]) {
    const { aims } = this;
    const { frame } = state;
    if (aims) {
      this.stop();
    }
    if (aims === "add") {
      inTurn(() => {
        const event = this.view.chosen;
        const like = { action: event?.action ?? state.actions[0], agent: event?.agent ?? state.agents[0] };
        return this.decide("add", null, { ...like, frame_number: frame, point_x: x, point_y: y });
      });
    } else if (aims === "move") {
      this.change("move", () => ({ point_x: x, point_y: y }));
    }
  }

  accept() {
    return this.change("accept", () => ({}));
  }

  move() {
    const { frame } = state;
    return this.change("move", () => ({ frame_number: frame }));
  }

  relabel(field) {
    const words = field === "action" ? state.actions : state.agents;
    return this.change("relabel", (event) => ({ [field]: words[(words.indexOf(event[field]) + 1) % words.length] }));
  }

  change(op, changes) {
    return inTurn(() => {
      const event = this.view.chosen;
      return event && this.decide(op, event, { ...label(event), ...changes(event) });
    });
  }

  remove() {
    return inTurn(() => this.view.chosen && this.decide("remove", this.view.chosen, null));
  }

  async decide(op, event, after) {
    const before = event && label(event);
    if (op !== "accept" && before && after && same(before, after)) {
      tell("It is already so.");
      return;
    }
    const { note } = this.view;
    if (await decide({ video_id: this.view.video.id, event_index: event?.index ?? null, op, before, after, note: note.value.trim() })) {
      note.value = "";
      this.view.keepChosen(after, op === "add");
      tell(`${DONE[op]}: written to the corrections file.`);
    }
  }

  undo() {
    return inTurn(async () => {
      const last = await undo();
      this.shown(last, last?.before ?? last?.after, "Taken back");
    });
  }

  redo() {
    return inTurn(async () => {
      const last = await redo();
      this.shown(last, last?.after ?? last?.before, "Done again");
    });
  }

  // Show what was undone, in whichever video it is.
  shown(decision, event, told) {
    if (!decision) {
      return;
    }
    if (decision.video_id !== this.view.video?.id) {
      go({ video: decision.video_id, frame: event.frame_number });
    } else {
      this.view.keepChosen(event, true);
    }
    tell(`${told}: written to the corrections file.`);
  }
}
