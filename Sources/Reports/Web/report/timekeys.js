// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The mouse, the finger and the keyboard on the timeline.

/** @param {Timeline} timeline */
function followTime(timeline) {
  const { area, shown } = timeline;
  const tip = byId("tip");
  /** @type {number | null} */
  let start = null;
  const at = (/** @type {MouseEvent} */ event) =>
    timeline.ms(event.clientX - area.getBoundingClientRect().left);
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = event.clientX;
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener("pointermove", (event) => {
    const ms = at(event);
    timeline.cursor = ms;
    if (start !== null && Math.abs(event.clientX - start) > 4) {
      const from = timeline.ms(start - area.getBoundingClientRect().left);
      shown.lookAt([Math.min(from, ms), Math.max(from, ms)]);
    } else {
      timeline.drawOverlay();
    }
    fillTimeTip(tip, timeline, ms);
    tip.hidden = event.pointerType === "touch";
    placeTip(tip, event);
  });
  area.addEventListener("pointerup", (event) => {
    if (start === null) return;
    if (Math.abs(event.clientX - start) <= 4) shown.lookAt([at(event), at(event)]);
    start = null;
    tellTime(timeline);
  });
  area.addEventListener("pointercancel", () => {
    start = null;
  });
  area.addEventListener("pointerleave", () => {
    timeline.cursor = null;
    tip.hidden = true;
    timeline.drawOverlay();
  });
  area.addEventListener("dblclick", () => {
    shown.lookAt(null);
    shown.showTime(...shown.all);
  });
  area.addEventListener("wheel", (event) => {
    // Without a key the wheel is the page's.
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    zoomTime(shown, Math.exp(Math.sign(event.deltaY || event.deltaX) * 0.25), at(event));
  }, { passive: false });
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!pressed(timeline, event)) return;
    event.preventDefault();
    tellTime(timeline);
  });
}

/**
 * @param {Shown} shown
 * @param {number} factor
 * @param {number} around
 */
function zoomTime(shown, factor, around) {
  const [from, to] = shown.range;
  shown.showTime(around - (around - from) * factor, around + (to - around) * factor);
}

/**
 * @param {Timeline} timeline
 * @param {KeyboardEvent} event
 * @returns {boolean}  whether the key is one for the timeline
 */
function pressed(timeline, event) {
  const { shown } = timeline;
  const [from, to] = shown.range;
  const { time } = shown;
  const step = Math.max(1, (to - from) / 100);
  const middle = time ? (time[0] + time[1]) / 2 : shown.report.head.peak.ms;
  switch (event.key) {
    case "ArrowLeft":
    case "ArrowRight": {
      const by = event.key === "ArrowLeft" ? -step : step;
      const next = (time ? time[1] : shown.report.head.peak.ms) + by;
      if (event.shiftKey && time) shown.lookAt([time[0], Math.max(time[0], next)]);
      else shown.lookAt([next, next]);
      if (next < from || next > to) shown.showTime(from + by * 20, to + by * 20);
      return true;
    }
    case "Home":
      shown.lookAt([from, from]);
      return true;
    case "End":
      shown.lookAt([to, to]);
      return true;
    case "+":
    case "=":
      zoomTime(shown, 0.5, middle);
      return true;
    case "-":
      zoomTime(shown, 2, middle);
      return true;
    case "0":
      shown.showTime(...shown.all);
      return true;
    case "p":
      shown.lookAt(null);
      shown.set({ measure: "peak" });
      return true;
    case "Escape":
      if (time) shown.lookAt(null);
      else shown.showTime(...shown.all);
      return true;
    default:
      return false;
  }
}

/** @param {Timeline} timeline */
function tellTime({ shown }) {
  const { figures, report } = shown;
  const amount = figureText(figures, figures.value[0] ?? 0);
  say(`${headingOf(shown.measure, shown.time, report)}: ${amount}`);
}

/**
 * @param {HTMLElement} tip
 * @param {Timeline} timeline
 * @param {number} ms
 */
function fillTimeTip(tip, timeline, ms) {
  const { shown } = timeline;
  const { head } = shown.report;
  const step = Math.max(head.step, (shown.range[1] - shown.range[0]) / 1000);
  const usage = timeline.usageAt(ms);
  tip.replaceChildren(make("div", { class: "tip-name", text: timeText(ms, step) }));
  const row = (/** @type {string} */ name, /** @type {number} */ bytes, /** @type {number} */ color) => {
    const swatch = make("i", { class: "swatch" });
    swatch.style.background = color < 0 ? "transparent" : `var(--pl-c${color})`;
    tip.append(make(
      "div", { class: "tip-row" }, swatch, make("bdi", { text: name }), make("b", { text: sizeText(bytes) })));
  };
  if (usage) row("In use", usage.live, -1);
  const was = usageBefore(shown.report, ms);
  if (was !== null) row("Before", was, -1);
  if (timeline.bands.length > 1) {
    const sums = timeline.bandsAt([ms]);
    for (const [index, band] of timeline.bands.entries()) {
      if (sums[index][0] > 0) row(band.label, sums[index][0], band.color);
    }
  }
  if (usage && usage.resident > 0) row("Resident", usage.resident, -1);
  const near = 6 / (timeline.x(1) - timeline.x(0));
  for (const mark of marksAt(head.marks, ms, near).slice(-3)) {
    tip.append(make("div", { class: "quiet", text: `${mark.text} · ${markTime(mark)}` }));
  }
}
