// A strip of frames around one, with the events and predictions on each.

import { frameAddress } from "./api.js";
import { element, svg } from "./dom.js";
import { mark, sizeOf, triangle } from "./marks.js";
import { address } from "./state.js";

export const AROUND = 3;

export function picture(video, frame, size, properties = {}) {
  const { width, height } = sizeOf(video);
  const over = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const image = video.hasPicture && element("img", { src: frameAddress(video.id, frame), alt: "", decoding: "async", ...properties,
    onerror: (event) => event.target.remove(),
    onload: ({ target }) => over.setAttribute("viewBox", `0 0 ${target.naturalWidth} ${target.naturalHeight}`) });
  video.predictions.filter((one) => one.frame_number === frame && one.point_x !== null)
    .forEach((one) => over.append(svg("path", { d: triangle(one.point_x, one.point_y, size), class: one.event_index === null ? "predicted alarm" : "predicted" })));
  video.events.filter((event) => event.frame === frame).forEach((event) => over.append(mark(event, event.x, event.y, size)));
  return element("div", { class: "picture" }, image, over);
}

export function strip(video, middle, name) {
  const last = (video.frameCount ?? Infinity) - 1;
  const frames = Array.from({ length: 2 * AROUND + 1 }, (_, position) => middle - AROUND + position).filter((frame) => frame >= 0 && frame <= Math.max(last, middle));
  return element("div", { class: "strip", role: "group", "aria-label": name },
    ...frames.map((frame) => element("a", { class: frame === middle ? "now" : "", href: address({ video: video.id, frame }), "aria-label": `open frame ${frame}` },
      picture(video, frame, frame === middle ? 7 : 12), element("span", {}, String(frame)))));
}
