// How an event looks: a contact is a filled disc, a release a hollow diamond; the colour is the agent's.

import { svg } from "./dom.js";

export function mark(event, x, y, size = 5, look = "") {
  const classes = `mark ${event.action} ${event.agent} ${look}`;
  return event.action === "contact"
    ? svg("circle", { cx: x, cy: y, r: size, class: classes })
    : svg("path", { d: diamond(x, y, size + 1), class: classes });
}

export const diamond = (x, y, size) => `M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z`;
export const triangle = (x, y, size) => `M${x} ${y - size}L${x + size} ${y + 0.8 * size}L${x - size} ${y + 0.8 * size}Z`;

// A mark within text
export function icon(event) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, mark(event, 8, 8, 5));
}

export const sizeOf = (video) => ({ width: video.width ?? 427, height: video.height ?? 240 });

export const told = (event) => `${event.action}, ${event.agent}, frame ${event.frame}, at (${event.x}, ${event.y})`;
