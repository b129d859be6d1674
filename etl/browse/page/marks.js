// How an event looks: a contact is a filled disc, a release a hollow diamond; the colour is the agent's.

import { svg } from "./dom.js";

export function mark(event, x, y, size = 5) {
  const look = `mark ${event.action} ${event.agent}`;
  return event.action === "contact"
    ? svg("circle", { cx: x, cy: y, r: size, class: look })
    : svg("path", {
      d: `M${x} ${y - size - 1}L${x + size + 1} ${y}L${x} ${y + size + 1}L${x - size - 1} ${y}Z`, class: look,
    });
}

export const sizeOf = (video) => ({ width: video.width ?? 427, height: video.height ?? 240 });

export const told = (event) => `${event.action}, ${event.agent}, frame ${event.frame}, at (${event.x}, ${event.y})`;
