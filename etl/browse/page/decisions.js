// Decisions, and undo. Every one is on the disk before the page shows it; undo takes the opposite one.

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

// One after another: a key that is pressed before the last decision is on the disk waits for that.
export function inTurn(work) {
  turn = turn.then(work, work);
  return turn;
}

// Take a decision; tell whether it was taken.
export async function decide(decision) {
  if (!await send(decision)) {
    return false;
  }
  done.push(decision);
  undone.length = 0;
  return true;
}

// Take the last decision back; return it, null where there is none or it cannot be.
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
    tell(error.status === 409 ? "Another window has changed this event; here it is as it is now." : `Not written: ${error.message}`, true);
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
