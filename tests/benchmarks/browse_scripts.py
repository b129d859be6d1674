"""What the benchmark of `browse` runs in the page: each script waits for what is on screen, and gives milliseconds."""

from __future__ import annotations

# The time until the number of videos has changed and the next frame was painted, in milliseconds.
FILTER = """async (change) => {
  const count = document.querySelector("#count"), begin = performance.now();
  const changed = new Promise((done) => new MutationObserver((_, watch) => { watch.disconnect(); done(); })
    .observe(count, { childList: true, characterData: true, subtree: true }));
  const [kind, name, value] = change;
  if (kind === "check") document.querySelector(`input[data-word=${name}]`).click();
  else {
    const input = document.querySelector(`#${name}`);
    input.value = value;
    input.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  await changed;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - begin;
}"""

# Waits until all pictures in sight are there.
PICTURES = """() => Promise.all([...document.querySelectorAll(".card img")]
  .filter((image) => image.getBoundingClientRect().top < innerHeight).map((image) => image.decode()))"""

# The time until the canvas says that it shows the first frame of a video.
OPEN = """async ([id, frame]) => {
  const place = document.querySelector("frame-canvas"), begin = performance.now();
  const shown = new Promise((done) => new MutationObserver((_, watch) => {
    if (place.dataset.shown === `${id}/${frame}`) { watch.disconnect(); done(); }
  }).observe(place, { attributes: true }));
  location.hash = `video=${encodeURIComponent(id)}&frame=${frame}`;
  await Promise.race([shown, new Promise((_, failed) => setTimeout(() => failed(new Error(`${id} ${frame}`)), 20000))]);
  return performance.now() - begin;
}"""

# The time from a key to the frame on the canvas, once the frames are loaded.
STEP = """async (steps) => {
  const place = document.querySelector("frame-canvas"), taken = [];
  await new Promise((done) => setTimeout(done, 1500));
  for (let step = 0; step < steps; step += 1) {
    const before = place.dataset.shown, begin = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    while (place.dataset.shown === before) await new Promise((done) => setTimeout(done));
    taken.push(performance.now() - begin);
    await new Promise((done) => setTimeout(done, 20));
  }
  return taken;
}"""

# Scroll through all cards: how long, at most, a place in sight had no card; how long each card in sight had no picture;
# and how long, at the end, until all pictures in sight were there.
SCROLL = """async (speed) => {
  const list = document.querySelector(".cards"), begin = performance.now(), since = new Map(), waits = [];
  let blank = 0, last = begin, longestBlank = 0, longestFrame = 0;
  scrollTo(0, 0);
  while (scrollY + innerHeight < document.documentElement.scrollHeight - 2) {
    scrollTo(0, (performance.now() - begin) * speed / 1000);
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now(), cards = [...list.children].map((card) => [card, card.getBoundingClientRect()])
      .filter(([, place]) => place.bottom > 60 && place.top < innerHeight);
    const box = list.getBoundingClientRect(), rows = Math.floor((innerHeight - Math.max(60, box.top)) / 232);
    const columns = Math.floor(box.width / 220);
    blank = cards.length < Math.min(rows, 1) * columns || cards.length < (rows - 1) * columns ? blank + now - last : 0;
    longestBlank = Math.max(longestBlank, blank);
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    const empty = new Set(cards.filter(([card]) => !card.querySelector("img")?.complete).map(([card]) => card));
    cards.filter(([card]) => !since.has(card)).forEach(([card]) => since.set(card, empty.has(card) ? now : 0));
    for (const [card, from] of since) if (from && !empty.has(card)) { waits.push(now - from); since.set(card, 0); }
  }
  const seconds = (performance.now() - begin) / 1000, end = performance.now();
  const inSight = [...list.querySelectorAll("img")].filter((one) => one.getBoundingClientRect().top < innerHeight);
  await Promise.all(inSight.map((one) => one.decode()));
  return { blank: longestBlank, frame: longestFrame, seconds, cards: since.size, waits, end: performance.now() - end };
}"""
