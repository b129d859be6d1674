// Decisions, and undo. Every decision is on disk before the page shows it; undo makes the opposite one.

import { tell } from "./dom.js";
import { decided } from "./state.js";

const done = [];
const undone = [];

export const canUndo = () => done.length > 0;
export const canRedo = () => undone.length > 0;

export const label = (event) => ({
  action: event.action, agent: event.agent, frame_number: event.frame, point_x: event.x, point_y: event.y,
});

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

let turn = Promise.resolve();

// One after another: a key that is pressed before the last decision is on disk waits for it.
export function inTurn(work) {
  turn = turn.then(work, work);
  return turn;
}

// Make a decision; return whether it was made.
export async function decide(decision) {
  if (!await send(decision)) {
    return false;
  }
  done.push(decision);
  undone.length = 0;
  return true;
}

// Undo the last decision; return it, or null if there is none or it cannot be undone.
export async function undo() {
  const last = done.at(-1);
  if (!last || !await send(opposite(last))) {
    return null;
  }
  undone.push(done.pop());
  return last;
}

export async function redo() {
  const last = undone.at(-1);
  if (!last || !await send(last)) {
    return null;
  }
  done.push(undone.pop());
  return last;
}

async function send(decision) {
  try {
    await decided(decision);
    return true;
  } catch (error) {
    tell(error.status === 409 ? "Another window has changed this event; it is now shown as changed." : `Not written: ${error.message}`, true);
    return false;
  }
}

function opposite(decision) {
  const { op, before, after } = decision;
  if (op === "accept") {
    return { ...decision, after: null, note: "undo" };
  }
  return { ...decision, op: { add: "remove", remove: "add" }[op] ?? op, before: after, after: before, note: "undo" };
}
