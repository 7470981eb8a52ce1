// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the page shows, as it was written into it, and questions to a curve.
//
// The files of this folder are one script: see PlotPage.swift.

/**
 * @typedef {{name: string, peak: number, color: number, isChild: boolean, run: Run,
 *   times: Float64Array, amounts: Float64Array, isShown: boolean}} Curve
 * Seconds since the run's start, MiB.
 * @typedef {{name: string, start: number, end: number, before: number, after: number,
 *   level: number}} Span
 * @typedef {{file: string, command: string | null, end: number,
 *   peak: {time: number, mib: number}, includesChildren: boolean, hiddenChildren: number,
 *   slope: {perSecond: number, offset: number} | null, curves: Curve[], spans: Span[]}} Run
 * @typedef {{title: string, window: [number, number], isWindow: boolean, isFlame: boolean,
 *   runs: Run[]}} Plot
 */

/** How many colours curves have; more of them begin again. */
const COLORS = 8;

/**
 * Reads the data: columns are differences, times in units of 0.1 ms and memory in KiB.
 * @param {string} text
 * @returns {Plot}
 */
function readPlot(text) {
  const plot = JSON.parse(text);
  const isAlone = plot.runs.length === 1;
  for (const [number, run] of plot.runs.entries()) {
    run.curves = run.curves.map((/** @type {any} */ raw, /** @type {number} */ index) => ({
      name: isAlone ? raw.name : index === 0 ? run.file : `${raw.name} of ${run.file}`,
      peak: raw.peak,
      // No child looks like the first program.
      color: index === 0 ? number : 1 + ((index - 1) % (COLORS - 1)),
      isChild: index > 0,
      run,
      times: summed(raw.times, 1e-4),
      amounts: summed(raw.amounts, 1 / 1024),
      // Of several runs the programs alone are shown at first.
      isShown: isAlone || index === 0,
    }));
    run.spans = run.spans.map((/** @type {number[]} */ raw) => ({
      name: run.names[raw[0]],
      start: raw[1] * 1e-4,
      end: raw[2] * 1e-4,
      before: raw[3] / 1024,
      after: raw[4] / 1024,
      level: raw[5],
    }));
  }
  return plot;
}

/**
 * @param {number[]} differences
 * @param {number} unit
 */
function summed(differences, unit) {
  const column = new Float64Array(differences.length);
  let sum = 0;
  for (let index = 0; index < differences.length; index += 1) {
    sum += differences[index];
    column[index] = sum * unit;
  }
  return column;
}

/**
 * The place of the first time that is not before this one; the length if there is none.
 * @param {Float64Array} times
 * @param {number} time
 */
function placeOf(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The place of the sample that is nearest in time; -1 where the curve has not begun or is over.
 * @param {Curve} curve
 * @param {number} time
 * @param {number} slack  seconds by which it may be outside
 */
function nearest(curve, time, slack) {
  const { times } = curve;
  const count = times.length;
  if (count === 0 || time < times[0] - slack || time > times[count - 1] + slack) return -1;
  const after = Math.min(placeOf(times, time), count - 1);
  const before = Math.max(0, after - 1);
  return time - times[before] < times[after] - time ? before : after;
}

/**
 * The moment between two at which curves had most together: their memory at one time, which is not the
 * sum of what each had at its own.
 * @param {Curve[]} curves
 * @param {number} from
 * @param {number} to
 */
function highestTogether(curves, from, to) {
  const moments = [(from + to) / 2];
  for (const curve of curves) {
    const { times, amounts } = curve;
    let best = -1;
    for (let place = placeOf(times, from); place < times.length && times[place] <= to; place += 1) {
      if (best < 0 || amounts[place] > amounts[best]) best = place;
    }
    if (best >= 0) moments.push(times[best]);
  }
  // Of very many a few are tried: each costs a look at all curves.
  const step = Math.max(1, Math.ceil(moments.length / 24));
  let [found, highest] = [moments[0], -1];
  for (let index = 0; index < moments.length; index += step) {
    const sum = curves.reduce((total, curve) => total + between(curve, moments[index]), 0);
    if (sum > highest) [found, highest] = [moments[index], sum];
  }
  return found;
}

/**
 * @param {Curve} curve
 * @param {number} time
 */
function between(curve, time) {
  const { times, amounts } = curve;
  const after = placeOf(times, time);
  if (after >= times.length) return 0;
  if (after === 0) return times[0] === time ? amounts[0] : 0;
  const step = times[after] - times[after - 1];
  const share = step > 0 ? (time - times[after - 1]) / step : 1;
  return amounts[after - 1] + share * (amounts[after] - amounts[after - 1]);
}
