// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the program said of moments and stretches of its time: a list, from which one is chosen.

/** @typedef {{ms: number, until: number, text: string}} Mark  a moment, or a stretch */

/** @param {Shown} shown */
function makeMarks(shown) {
  const { marks } = shown.report.head;
  /** @type {HTMLSelectElement} */
  const list = byId("marks");
  list.hidden = marks.length === 0;
  if (list.hidden) return;
  for (const [index, mark] of marks.entries()) {
    list.append(make("option", { value: `${index}`, text: `${mark.text} · ${markTime(mark)}` }));
  }
  list.addEventListener("change", () => {
    const mark = marks[Number(list.value)];
    if (list.value && mark) shown.lookAt([mark.ms, mark.until]);
  });
  shown.views.add(() => {
    const { time } = shown;
    const index = time
      ? marks.findIndex((mark) => Math.round(mark.ms) === time[0] && Math.round(mark.until) === time[1])
      : -1;
    list.value = index < 0 ? "" : `${index}`;
  });
}

/**
 * When it was, and how long.
 * @param {Mark} mark
 */
function markTime({ ms, until }) {
  return until > ms ? `${timeText(ms)}, for ${timeText(until - ms)}` : timeText(ms);
}

/**
 * The marks at a place on the time line: moments beside it, and stretches that it is in.
 * @param {Mark[]} marks
 * @param {number} ms
 * @param {number} near  how far off a moment may be, in milliseconds
 */
function marksAt(marks, ms, near) {
  return marks.filter((mark) => mark.ms - near < ms && ms < mark.until + near);
}
