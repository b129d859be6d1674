// Which videos and events are shown, how many every choice would show, and what the charts count.

import * as api from "./api.js";
import { state } from "./state.js";

export const KINDS = ["missed", "false alarm", "off by more than 2"];
export const CELL = 20;

let found = null; // the events for which the condition in SQL holds
let asked = "";
let turn = 0;

export async function refine() {
  const { where } = state.filter;
  turn += 1;
  const mine = turn;
  if (where !== asked) {
    try {
      const events = where ? new Set((await api.find(where)).map(([id, index]) => `${id} ${index}`)) : null;
      if (mine === turn) { // else the filter has changed meanwhile
        [found, asked, state.error] = [events, where, ""];
      }
    } catch (error) {
      state.error = mine === turn ? error.message : state.error;
    }
  } else {
    state.error = "";
  }
  if (mine === turn) {
    sift();
  }
}

// Every condition but those on events, by its name. A video is counted beside a choice when no other one fails.
const OF_VIDEOS = {
  split: (video, chosen) => chosen.includes(video.split),
  template: (video, chosen) => chosen.includes(video.template),
  object: (video, chosen) => chosen.some((object) => video.objects.includes(object)),
  list: (video, chosen) => video.inLists.has(chosen) || !state.hasLists,
  predictions: (video, chosen) => video.kinds.includes(chosen),
  text: (video, chosen) => chosen.toLowerCase().split(/\s+/).every((word) => video.words.includes(word)),
};
const VALUES = {
  split: (video) => [video.split], template: (video) => [video.template], object: (video) => new Set(video.objects),
  list: (video) => video.inLists, predictions: (video) => video.kinds,
};
const OF_EVENTS = {
  action: (event, chosen) => chosen.includes(event.action),
  agent: (event, chosen) => chosen.includes(event.agent),
  frames: (event, [first, last]) => event.frame >= first && event.frame <= last,
  cells: (event, [left, top, right, bottom]) => event.x >= left && event.x <= right && event.y >= top && event.y <= bottom,
  where: (event, events, video) => events.has(`${video.id} ${event.index}`),
};

function sift() {
  const { filter } = state;
  const ofVideos = Object.entries(OF_VIDEOS).filter(([name]) => filter[name].length);
  const ofEvents = Object.entries(OF_EVENTS).filter(([name]) => (name === "where" ? found : filter[name].length))
    .map(([name, holds]) => [name, holds, { where: found, frames: numbers(filter.frames), cells: numbers(filter.cells) }[name] ?? filter[name]]);
  const counts = Object.fromEntries(["split", "action", "agent", "template", "object", "list", "predictions"].map((name) => [name, new Map()]));
  const charts = { when: new Map(), where: new Map(), templates: counts.template };
  Object.assign(state, { shown: [], events: 0, counts, charts });
  for (const video of state.videos) {
    const failing = ofVideos.filter(([name, holds]) => !holds(video, filter[name])).map(([name]) => name);
    if (failing.length > 1) {
      continue;
    }
    const events = [];
    const others = { action: new Set(), agent: new Set() };
    for (const event of video.events) {
      const fails = ofEvents.filter(([, holds, chosen]) => !holds(event, chosen, video)).map(([name]) => name);
      const failsOnly = (name) => fails.length === 0 || (fails.length === 1 && fails[0] === name);
      if (!fails.length) {
        events.push(event);
      }
      if (!failing.length) {
        ["action", "agent"].forEach((name) => failsOnly(name) && others[name].add(event[name]));
        failsOnly("frames") && count(charts.when, `${event.frame}|${event.action}`);
        failsOnly("cells") && count(charts.where, `${Math.floor(event.x / CELL)}|${Math.floor(event.y / CELL)}`);
      }
    }
    Object.entries(others).forEach(([name, values]) => values.forEach((value) => count(counts[name], value)));
    if (ofEvents.length && !events.length) {
      continue;
    }
    for (const [name, values] of Object.entries(VALUES)) {
      if (!failing.length || failing[0] === name) {
        values(video).forEach((value) => count(counts[name], value));
      }
    }
    if (!failing.length) {
      state.shown.push({ video, events });
      state.events += events.length;
    }
  }
  state.dispatchEvent(new Event("part")); // first, what is in sight; then every part in sight draws itself
  state.dispatchEvent(new Event("change"));
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export const numbers = (text) => text.split("-").map(Number);
