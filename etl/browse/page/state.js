// What is loaded, what is chosen, and what follows from it. The address holds what is chosen, so it can be sent.

import * as api from "./api.js";

const CHOICES = ["split", "action", "agent", "template"];
const TEXTS = ["text", "where", "list", "predictions", "frames", "cells"];

export const state = new EventTarget();
Object.assign(state, {
  actions: [], agents: [], splits: [], templates: [], lists: [], videos: [], byId: new Map(), canCorrect: false,
  filter: emptyFilter(), found: null, listed: null, shown: [], video: "", frame: 0, decisions: [],
});

function emptyFilter() {
  return { ...Object.fromEntries(CHOICES.map((name) => [name, []])), ...Object.fromEntries(TEXTS.map((name) => [name, ""])) };
}

export async function load() {
  const loaded = await api.labels();
  const { actions, agents, splits, templates, lists, title } = loaded;
  Object.assign(state, { actions, agents, splits, templates, lists, title, canCorrect: loaded.can_correct });
  state.videos = loaded.videos.map(([id, template, split, width, height, frameCount, saved, objects, events]) => ({
    id, template, split, width, height, frameCount, saved, objects, predictions: [],
    events: events.map(asEvent),
    words: `${id} ${templates[template]} ${objects}`.toLowerCase(),
  }));
  state.byId = new Map(state.videos.map((video) => [video.id, video]));
  for (const prediction of loaded.predictions) {
    state.byId.get(prediction.video_id)?.predictions.push(prediction);
  }
  state.decisions = loaded.corrected.decisions;
  replaceEvents(loaded.corrected.events);
  readAddress();
  addEventListener("hashchange", readAddress);
}

function asEvent([index, action, agent, frame, x, y]) {
  return { index, action: state.actions[action] ?? action, agent: state.agents[agent] ?? agent, frame, x, y };
}

export function replaceEvents(events) {
  for (const [id, listed] of Object.entries(events ?? {})) {
    const video = state.byId.get(id);
    if (video) {
      video.events = listed.map(asEvent);
    }
  }
}

export async function decided(decision) {
  const answer = await api.decide(decision).catch((error) => {
    replaceEvents(error.content?.events);
    changed();
    throw error;
  });
  state.decisions.push(answer.decision);
  replaceEvents(answer.events);
  changed();
}

// The address

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  state.filter = emptyFilter();
  for (const name of CHOICES) {
    state.filter[name] = given.getAll(name);
  }
  for (const name of TEXTS) {
    state.filter[name] = given.get(name) ?? "";
  }
  state.video = state.byId.has(given.get("video")) ? given.get("video") : "";
  state.frame = Math.max(0, Math.min(99999, Number.parseInt(given.get("frame") ?? "0", 10) || 0));
  refine();
}

export function address(changes = {}) {
  const chosen = { ...state.filter, video: state.video, frame: state.frame, ...changes };
  const given = new URLSearchParams();
  for (const name of CHOICES) {
    chosen[name].forEach((value) => given.append(name, value));
  }
  for (const name of TEXTS) {
    if (chosen[name]) {
      given.set(name, chosen[name]);
    }
  }
  if (chosen.video) {
    given.set("video", chosen.video);
    given.set("frame", chosen.frame);
  }
  return `#${given}`;
}

export function go(changes) {
  location.hash = address(changes);
}

export function choose(name, value) {
  go({ [name]: value });
}

export function showFrame(frame) {
  state.frame = frame;
  history.replaceState(null, "", address());
  state.dispatchEvent(new Event("frame"));
}

// What follows: the videos and events that are shown

let asked = { where: "", list: "" };

async function refine() {
  const { where, list } = state.filter;
  try {
    if (where !== asked.where) {
      state.found = where ? new Set((await api.find(where)).map(([id, index]) => `${id} ${index}`)) : null;
    }
    if (list !== asked.list) {
      const rows = list ? await api.list(list) : null;
      state.listed = rows && { rows, videos: new Set(rows.map((row) => row.video_id)) };
    }
    asked = { where, list };
    state.error = "";
  } catch (error) {
    state.error = error.message;
  }
  changed();
}

export function isShown(video, event) {
  const { action, agent, frames, cells } = state.filter;
  const [first, last] = frames ? frames.split("-").map(Number) : [0, Infinity];
  return (!action.length || action.includes(event.action))
    && (!agent.length || agent.includes(event.agent))
    && event.frame >= first && event.frame <= last
    && (!cells || inside(cells, event))
    && (!state.found || state.found.has(`${video.id} ${event.index}`));
}

function inside(cells, event) {
  const [left, top, right, bottom] = cells.split("-").map(Number);
  return event.x >= left && event.x <= right && event.y >= top && event.y <= bottom;
}

function isVideoShown(video) {
  const { split, template, text, predictions } = state.filter;
  return (!split.length || split.includes(state.splits[video.split]))
    && (!template.length || template.includes(state.templates[video.template]))
    && text.toLowerCase().split(/\s+/).every((word) => video.words.includes(word))
    && (!state.listed || state.listed.videos.has(video.id))
    && (!predictions || hasPrediction(video, predictions));
}

function hasPrediction(video, kind) {
  const matched = new Set(video.predictions.map((one) => one.event_index).filter((index) => index !== null));
  switch (kind) {
    case "missed": return video.events.some((event) => !matched.has(event.index));
    case "false alarm": return video.predictions.some((one) => one.event_index === null);
    default: return video.predictions.some((one) => one.event_index !== null
      && Math.abs(one.frame_number - (video.events.find((event) => event.index === one.event_index)?.frame ?? one.frame_number)) > 2);
  }
}

function changed() {
  const narrows = ["action", "agent"].some((name) => state.filter[name].length)
    || state.filter.frames || state.filter.cells || state.found;
  state.shown = [];
  state.events = 0;
  for (const video of state.videos) {
    if (!isVideoShown(video)) {
      continue;
    }
    const events = video.events.filter((event) => isShown(video, event));
    if (events.length || !narrows) {
      state.shown.push({ video, events });
      state.events += events.length;
    }
  }
  state.dispatchEvent(new Event("change"));
}

// The same selection for the command line

export function command() {
  const quoted = (value) => `'${String(value).replaceAll("'", "'\\''")}'`;
  const { split, action, agent, template, where, frames, cells } = state.filter;
  const parts = [["--split", split], ["--action", action], ["--agent", agent], ["--template", template]]
    .flatMap(([option, values]) => values.map((value) => `${option} ${quoted(value)}`));
  const conditions = [where && `(${where})`];
  if (frames) {
    conditions.push("frame_number between {} and {}".replace("{}", frames.split("-")[0]).replace("{}", frames.split("-")[1]));
  }
  if (cells) {
    const [left, top, right, bottom] = cells.split("-");
    conditions.push(`point_x between ${left} and ${right} and point_y between ${top} and ${bottom}`);
  }
  const given = conditions.filter(Boolean);
  if (given.length) {
    parts.push(`--where ${quoted(given.join(" and "))}`);
  }
  return parts.join(" ");
}
