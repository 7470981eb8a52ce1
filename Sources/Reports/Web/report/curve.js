// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Memory over time as a line, and what was in use at a moment.
//
// A moment is noted when something happens, with what was in use until then. So between two of them it was
// as the second says: what had changed did so right after the first, within a step.

/**
 * @typedef {{ms: ArrayLike<number>, live: ArrayLike<number>, highest?: ArrayLike<number>}} Moments
 */

/**
 * What was in use; null where nothing was noted.
 * @param {Moments} moments
 * @param {number} time  milliseconds
 */
function inUseAt({ ms, live }, time) {
  const index = momentAt(ms, time);
  return index < 0 ? null : live[index];
}

/**
 * The moment that tells of a time: the next, or the last there is.
 * @param {ArrayLike<number>} ms
 * @param {number} time
 */
function momentAt(ms, time) {
  let index = placeAfter(ms, time);
  while (index > 0 && ms[index - 1] >= time) index -= 1;
  return Math.min(index, ms.length - 1);
}

/**
 * The line through the moments from one index to another, as milliseconds and bytes.
 * @param {Moments} moments
 * @param {number} first
 * @param {number} last
 * @param {number} step  milliseconds
 * @returns {[number, number][]}
 */
function usageLine({ ms, live, highest = live }, first, last, step) {
  /** @type {[number, number][]} */
  const line = first <= last ? [[ms[first], live[first]]] : [];
  for (let index = first + 1; index <= last; index += 1) {
    const [begin, end] = [ms[index - 1], ms[index]];
    const changed = Math.min(step, end - begin);
    // It was higher for a while.
    if (highest[index] > Math.max(live[index - 1], live[index])) {
      line.push([begin + changed / 2, highest[index]]);
    }
    line.push([begin + changed, live[index]]);
    if (begin + changed < end) line.push([end, live[index]]);
  }
  return line;
}

/**
 * The same where there are more moments than dots: in each column the most and the least.
 * @param {Moments} moments
 * @param {number} first
 * @param {number} last
 * @param {number} width  of a column, in milliseconds
 * @returns {[number, number][]}
 */
function crowdedLine({ ms, live, highest = live }, first, last, width) {
  /** @type {[number, number][]} */
  const line = [];
  for (let index = first; index <= last;) {
    const column = Math.floor(ms[index] / width);
    let [high, low] = [highest[index], live[index]];
    let at = ms[index];
    for (; index <= last && Math.floor(ms[index] / width) === column; index += 1) {
      if (highest[index] > high) [high, at] = [highest[index], ms[index]];
      low = Math.min(low, live[index]);
    }
    line.push([at, high]);
    if (low < high) line.push([at, low]);
  }
  return line;
}
