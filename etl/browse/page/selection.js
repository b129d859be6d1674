// What is shown, as command-line options: the same events for `export`, `report` and every other command.

import { numbers } from "./filtering.js";
import { state } from "./state.js";

const MOST_IDS = 100;

// For the shell: text in single quotes is taken literally.
const quoted = (value) => (/^[\w./-]+$/.test(value) ? value : `'${String(value).replaceAll("'", "'\\''")}'`);
// For SQL
const literal = (value) => `'${String(value).replaceAll("'", "''")}'`;

// Return the options, or null if no command-line selection is equivalent.
function options() {
  const { split, action, agent, template, object, list, text, where, frames, cells, predictions } = state.filter;
  const conditions = [];
  if (object.length) {
    conditions.push(`list_has_any(objects, [${object.map(literal).join(", ")}])`);
  }
  for (const word of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    conditions.push(`contains(lower(concat_ws(' ', video_id, template, array_to_string(objects, ', '))), ${literal(word)})`);
  }
  if (list) {
    conditions.push(`video_id in (select video_id from ${list})`);
  }
  if (predictions) {
    if (state.shown.length > MOST_IDS) {
      return null;
    }
    conditions.push(`video_id in (${state.shown.map(({ video }) => literal(video.id)).join(", ")})`);
  }
  if (frames) {
    const [first, last] = numbers(frames);
    conditions.push(`frame_number between ${first} and ${last}`);
  }
  if (cells) {
    const [left, top, right, bottom] = numbers(cells);
    conditions.push(`point_x between ${left} and ${right} and point_y between ${top} and ${bottom}`);
  }
  if (where) {
    conditions.push(`(${where})`);
  }
  return [
    ...Object.entries({ split, action, agent, template }).flatMap(([name, values]) => values.map((value) => `--${name} ${quoted(value)}`)),
    ...(conditions.length ? [`--where ${quoted(conditions.join(" and "))}`] : []),
  ].join(" ");
}

export function commands() {
  const chosen = options();
  if (chosen === null) {
    return null;
  }
  const of = (command) => `contact-release ${command} --warehouse ${quoted(state.warehouse)} ${chosen}`.trim();
  return { export: of("export csv --output exports/selection"), report: of("report --output reports/selection") };
}
