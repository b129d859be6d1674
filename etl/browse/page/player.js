// Play at the true rate: every frame is shown, each for as long as its timestamp says.

import { button, element, tell } from "./dom.js";
import { state } from "./state.js";

const SPEEDS = [0.25, 0.5, 1, 2];
const LOOP = 6;

export class Player {
  constructor(view) {
    this.view = view;
    this.play = button("Play", "Space", () => this.toggle(), { class: "play" });
    this.speed = element("select", { "aria-label": "Speed", "aria-keyshortcuts": "< >" }, ...SPEEDS.map((value) => element("option", { value }, `${value} ×`)));
    this.speed.value = "1";
    this.loop = element("input", { type: "checkbox" });
  }

  toggle() {
    if (this.isPlaying) {
      this.stop();
    } else {
      this.run();
    }
  }

  change(by) {
    const { options, selectedIndex } = this.speed;
    this.speed.selectedIndex = Math.max(0, Math.min(options.length - 1, selectedIndex + by));
    tell(`Speed ${this.speed.selectedOptions[0].text}`);
  }

  stop() {
    this.isPlaying = null;
    this.play.firstChild.textContent = "Play";
  }

  async run() {
    const { view, speed, loop } = this;
    const mine = this.isPlaying = {};
    this.play.firstChild.textContent = "Pause";
    const middle = view.chosen?.frame ?? state.frame;
    let due = performance.now();
    while (this.isPlaying === mine) {
      const last = view.count - 1;
      const [from, to] = loop.checked ? [Math.max(0, middle - LOOP), Math.min(last, middle + LOOP)] : [0, last];
      const next = state.frame >= to || state.frame < from ? from : state.frame + 1;
      due = Math.max(due + this.pauseAfter(state.frame) / Number(speed.value), performance.now());
      await Promise.all([view.canvas.hasPictures && view.canvas.load(view.video.id, next).picture, new Promise((done) => setTimeout(done, due - performance.now()))]);
      if (this.isPlaying === mine) {
        view.to(next);
      }
    }
  }

  // How long a frame is shown, in milliseconds
  pauseAfter(frame) {
    const [now, next] = [frame, frame + 1].map((number) => this.view.facts.frames.find((one) => one[0] === number)?.[1]);
    return Number.isFinite(now) && Number.isFinite(next) && next > now ? 1000 * (next - now) : 1000 / state.frameRate;
  }
}
