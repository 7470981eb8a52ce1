// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The mouse, the finger and the keyboard on the picture.

/**
 * Pointing shows what is there, drawing a stretch zooms into it, a double click shows all again.
 * @param {HTMLElement} area
 * @param {State} state
 * @param {Chart} chart
 */
function followPointer(area, state, chart) {
  /** @type {number | null} */
  let start = null;
  const at = (/** @type {MouseEvent} */ event) => {
    const x = event.clientX - area.getBoundingClientRect().left;
    return Math.min(Math.max(x, LEFT), area.clientWidth - RIGHT);
  };
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    start = at(event);
    area.setPointerCapture(event.pointerId);
    // A finger does not move before.
    state.pointAt(chart.time(start));
  });
  area.addEventListener("pointermove", (event) => {
    const x = at(event);
    if (start !== null) {
      const isDrawn = Math.abs(x - start) > 4;
      chart.brush = isDrawn ? [Math.min(start, x), Math.max(start, x)] : null;
    }
    state.pointAt(chart.time(x));
  });
  area.addEventListener("pointerup", () => {
    const { brush } = chart;
    start = null;
    chart.brush = null;
    if (brush) state.show(chart.time(brush[0]), chart.time(brush[1]));
    state.changed();
  });
  area.addEventListener("pointercancel", () => {
    start = null;
    chart.brush = null;
    state.changed();
  });
  area.addEventListener("pointerleave", (event) => {
    // A finger leaves as soon as it is lifted.
    if (event.pointerType === "mouse") state.pointAt(null);
  });
  area.addEventListener("dblclick", () => state.showAll());
  area.addEventListener(
    "wheel",
    (event) => {
      // Without a key the wheel is the page's, which may be a notebook.
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      const amount = event.deltaY || event.deltaX;
      state.zoom(Math.exp(Math.sign(amount) * 0.25), chart.time(at(event)));
    },
    { passive: false },
  );
}

/**
 * Left and right move the moment that is pointed at, with Shift what is shown; + and - zoom around it,
 * 0 and Escape show all, p goes to the peak.
 * @param {HTMLElement} area
 * @param {State} state
 */
function followKeys(area, state) {
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [from, to] = state.window;
    const length = to - from;
    const cursor = state.cursor ?? (from + to) / 2;
    const step = event.key === "ArrowLeft" ? -1 : 1;
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight":
        if (event.shiftKey) state.show(from + (step * length) / 10, to + (step * length) / 10);
        else state.pointAt(cursor + (step * length) / 100);
        break;
      case "Home":
        state.pointAt(from);
        break;
      case "End":
        state.pointAt(to);
        break;
      case "+":
      case "=":
        state.zoom(0.5, cursor);
        break;
      case "-":
        state.zoom(2, cursor);
        break;
      case "0":
      case "Escape":
        state.showAll();
        break;
      case "p":
        goToPeak(state);
        break;
      default:
        return;
    }
    event.preventDefault();
  });
}

/**
 * Points at the highest sample of the programs that are shown, wherever it is.
 * @param {State} state
 */
function goToPeak(state) {
  const programs = state.curves.filter((curve) => !curve.isChild);
  const shown = programs.filter((curve) => curve.isShown);
  let [time, highest] = [state.window[0], -1];
  for (const { times, amounts } of shown.length > 0 ? shown : programs) {
    for (const [place, moment] of times.entries()) {
      const isInside = moment >= state.whole[0] && moment <= state.whole[1];
      if (isInside && amounts[place] > highest) [time, highest] = [moment, amounts[place]];
    }
  }
  const [from, to] = state.window;
  if (time < from || time > to) state.show(time - (to - from) / 2, time + (to - from) / 2);
  state.pointAt(time);
}
