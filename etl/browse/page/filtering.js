// Which videos and events are shown, how many each choice would show, and what the charts count.

import * as api from "./api.js";
import { state } from "./state.js";

export const KINDS = ["missed", "false alarm", "off by more than 2"];

let found = null; // the events for which the condition in SQL holds: video → set of indices
let asked = "";
let turn = 0;
let sifted = "";

// Choose what is shown; `isAnew`: even if the filter is the same, because labels have changed.
export async function refine(isAnew = false) {
  const { where } = state.filter;
  turn += 1;
  const mine = turn;
  sifted = isAnew ? "" : sifted;
  if (where !== asked) {
    try {
      const events = where ? new Map(Object.entries(await api.find(where)).map(([id, indices]) => [id, new Set(indices)])) : null;
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
    const wanted = JSON.stringify([state.filter, asked]);
    if (wanted !== sifted) {
      sift();
      sifted = wanted;
    }
    state.dispatchEvent(new Event("part")); // first what is visible; then every visible part draws itself
    state.dispatchEvent(new Event("change"));
  }
}

// Every condition by its name, made from the choices.
const OF_VIDEOS = {
  split: (chosen) => (video) => chosen.includes(video.split),
  template: (chosen) => (video) => chosen.includes(video.template),
  object: (chosen) => (video) => chosen.some((object) => video.objects.includes(object)),
  list: (chosen) => (video) => video.inLists.has(chosen) || !state.hasLists,
  predictions: (chosen) => (video) => video.kinds.includes(chosen),
  text: (chosen) => {
    const words = chosen.toLowerCase().split(/\s+/);
    return (video) => words.every((word) => video.words.includes(word));
  },
};
const VALUES = {
  split: (video) => [video.split], template: (video) => [video.template], object: (video) => new Set(video.objects),
  list: (video) => video.inLists, predictions: (video) => video.kinds,
};
const OF_EVENTS = {
  action: (chosen) => (event) => chosen.includes(event.action),
  agent: (chosen) => (event) => chosen.includes(event.agent),
  frames: (chosen) => {
    const [first, last] = numbers(chosen);
    return ({ frame }) => frame >= first && frame <= last;
  },
  cells: (chosen) => {
    const [left, top, right, bottom] = numbers(chosen);
    return ({ x, y }) => x >= left && x <= right && y >= top && y <= bottom;
  },
  where: () => (event, video) => !found || Boolean(found.get(video.id)?.has(event.index)),
};

const chosenOf = (conditions) => Object.entries(conditions).filter(([name]) => state.filter[name].length).map(([name, made]) => [name, made(state.filter[name])]);

// The condition that fails, if it is the only one; "" if none fails, null if several fail.
function onlyFailing(conditions, thing, video) {
  let failing = "";
  for (const [name, holds] of conditions) {
    if (!holds(thing, video)) {
      if (failing) {
        return null;
      }
      failing = name;
    }
  }
  return failing;
}

// What is shown, and how many videos each choice would show: those for which no other condition fails.
function sift() {
  const [ofVideos, ofEvents] = [chosenOf(OF_VIDEOS), chosenOf(OF_EVENTS)];
  const counts = Object.fromEntries(["split", "action", "agent", "template", "object", "list", "predictions"].map((name) => [name, new Map()]));
  Object.assign(state, { shown: [], events: 0, counts });
  for (const video of state.videos) {
    const failing = onlyFailing(ofVideos, video);
    if (failing === null) {
      continue;
    }
    const events = [];
    const [actions, agents] = [new Set(), new Set()];
    for (const event of video.events) {
      const fails = onlyFailing(ofEvents, event, video);
      if (fails === "") {
        events.push(event);
      }
      if (fails === "" || fails === "action") {
        actions.add(event.action);
      }
      if (fails === "" || fails === "agent") {
        agents.add(event.agent);
      }
    }
    if (!failing) {
      actions.forEach((action) => count(counts.action, action));
      agents.forEach((agent) => count(counts.agent, agent));
    }
    if (ofEvents.length && !events.length) {
      continue;
    }
    for (const [name, values] of Object.entries(VALUES)) {
      if (!failing || failing === name) {
        values(video).forEach((value) => count(counts[name], value));
      }
    }
    if (!failing) {
      state.shown.push({ video, events });
      state.events += events.length;
    }
  }
}

// What the charts count: a chart's own brush does not filter that chart.
export function charted() {
  const [ofVideos, ofEvents] = [chosenOf(OF_VIDEOS), chosenOf(OF_EVENTS)];
  const charts = { when: new Map(), where: new Map(), templates: state.counts.template };
  for (const video of state.videos) {
    if (onlyFailing(ofVideos, video) !== "") {
      continue;
    }
    for (const event of video.events) {
      const fails = onlyFailing(ofEvents, event, video);
      if (fails === "" || fails === "frames") {
        count(charts.when, `${event.frame}|${event.action}`);
      }
      if (fails === "" || fails === "cells") {
        count(charts.where, `${Math.floor(event.x / state.cellPx)}|${Math.floor(event.y / state.cellPx)}`);
      }
    }
  }
  return charts;
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export const numbers = (text) => text.split("-").map(Number);
