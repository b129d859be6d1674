// What is loaded, what is chosen, and what follows from it. The address contains the choices, so it can be shared.

import * as api from "./api.js";
import { refine } from "./filtering.js";

export const CHOICES = ["split", "action", "agent", "template", "object"];
export const TEXTS = ["text", "where", "list", "predictions", "frames", "cells"];
export const PARTS = ["gallery", "charts", "review"];
const MOST_FRAMES = 100_000;
const ADDRESS_MS = 200;

export const state = new EventTarget();
Object.assign(state, {
  actions: [], agents: [], splits: [], templates: [], objects: [], lists: [], videos: [], byId: new Map(), canCorrect: false,
  cellPx: 0, frameRate: 0, // from the schema: the side of a square in the charts; the frame rate for videos without times
  filter: emptyFilter(), shown: [], events: 0, counts: {}, decisions: [],
  part: "gallery", queue: "", video: "", frame: 0, wanted: null, error: "",
});

export function emptyFilter() {
  return { ...Object.fromEntries(CHOICES.map((name) => [name, []])), ...Object.fromEntries(TEXTS.map((name) => [name, ""])) };
}

export const isFiltered = () => [...CHOICES, ...TEXTS].some((name) => state.filter[name].length);

export async function load() {
  const [loaded, corrected] = await api.loaded();
  const { actions, agents, splits, templates, lists, warehouse } = loaded;
  Object.assign(state, { actions, agents, splits, templates, lists, warehouse, canCorrect: loaded.can_correct, cellPx: loaded.cell_px, frameRate: loaded.frame_rate });
  const withFile = new Set(loaded.with_file);
  state.videos = loaded.videos.map(([id, template, split, width, height, frameCount, saved, objects, events]) => ({
    id, template: templates[template], split: splits[split], width, height, frameCount, objects, predictions: [], kinds: [],
    events: events.map(asEvent), hasPicture: saved > 0 || withFile.has(id), inLists: new Set(),
    words: [id, templates[template], objects.join(", ")].join(" ").toLowerCase(),
  }));
  state.byId = new Map(state.videos.map((video) => [video.id, video]));
  state.objects = [...new Set(state.videos.flatMap((video) => video.objects))].sort();
  for (const prediction of loaded.predictions) {
    state.byId.get(prediction.video_id)?.predictions.push(prediction);
  }
  state.videos.forEach(judge);
  state.decisions = corrected.decisions;
  replaceEvents(corrected.events);
  readAddress();
  addEventListener("hashchange", readAddress);
  const found = await api.lists();
  for (const [name, ids] of Object.entries(found)) {
    ids.forEach((id) => state.byId.get(id)?.inLists.add(name));
  }
  state.hasLists = true;
  refine(true);
}

function asEvent([index, action, agent, frame, x, y]) {
  return { index, action: state.actions[action] ?? action, agent: state.agents[agent] ?? agent, frame, x, y };
}

// What the predictions say about a video: the kinds that can be filtered
function judge(video) {
  const events = new Map(video.events.map((event) => [event.index, event]));
  const matched = video.predictions.filter((one) => one.event_index !== null);
  const found = new Set(matched.map((one) => one.event_index));
  const isOff = (one) => Math.abs(one.frame_number - (events.get(one.event_index)?.frame ?? one.frame_number)) > 2;
  video.kinds = [
    video.events.some((event) => !found.has(event.index)) && "missed",
    matched.length < video.predictions.length && "false alarm",
    matched.some(isOff) && "off by more than 2",
  ].filter(Boolean);
}

function replaceEvents(events) {
  for (const [id, listed] of Object.entries(events ?? {})) {
    const video = state.byId.get(id);
    if (video) {
      video.events = listed.map(asEvent);
      judge(video);
    }
  }
}

// A decision is applied here once the server has confirmed that it is on disk.
export async function decided(decision) {
  const answer = await api.decide(decision).catch((error) => {
    replaceEvents(error.content?.events);
    if (error.content?.decisions) {
      const others = state.decisions.filter((one) => one.video_id !== decision.video_id);
      state.decisions = [...others, ...error.content.decisions];
    }
    refine(true);
    throw error;
  });
  state.decisions.push(answer.decision);
  replaceEvents(answer.events);
  refine(true);
}

// The address

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  state.filter = emptyFilter();
  CHOICES.forEach((name) => (state.filter[name] = given.getAll(name)));
  TEXTS.forEach((name) => (state.filter[name] = given.get(name) ?? ""));
  state.part = PARTS.includes(given.get("part")) ? given.get("part") : "gallery";
  state.queue = given.get("queue") ?? "";
  state.video = state.byId.has(given.get("video")) ? given.get("video") : "";
  state.frame = Math.max(0, Math.min(MOST_FRAMES, Number.parseInt(given.get("frame") ?? "0", 10) || 0));
  refine();
}

export function address(changes = {}) {
  const chosen = { ...state.filter, part: state.part, queue: state.queue, video: state.video, frame: state.frame, ...changes };
  const given = new URLSearchParams();
  CHOICES.forEach((name) => chosen[name].forEach((value) => given.append(name, value)));
  for (const name of [...TEXTS, "queue"]) {
    if (chosen[name]) {
      given.set(name, chosen[name]);
    }
  }
  if (chosen.part !== "gallery") {
    given.set("part", chosen.part);
  }
  if (chosen.video) {
    given.set("video", chosen.video);
    given.set("frame", chosen.frame);
  }
  return `#${given}`;
}

let pending = 0;

function write(way, changes) {
  clearTimeout(pending);
  history[way](null, "", address(changes));
}

export function go(changes) {
  write("pushState", changes);
  readAddress();
}

// Without a history entry for every typed letter and every frame
export function replace(changes) {
  write("replaceState", changes);
  readAddress();
}

// The address follows when the frame stays, because a browser limits how often a page may change it.
export function showFrame(frame) {
  const { hash } = location;
  state.frame = frame;
  clearTimeout(pending);
  pending = setTimeout(() => location.hash === hash && write("replaceState"), ADDRESS_MS); // otherwise it was changed meanwhile
  state.dispatchEvent(new Event("frame"));
}
