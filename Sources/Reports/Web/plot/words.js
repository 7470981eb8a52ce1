// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers as people read them, and round numbers along an axis.

/**
 * @param {number} mib
 */
function memoryText(mib) {
  const size = Math.abs(mib);
  for (const [unit, scale] of /** @type {[string, number][]} */ ([
    ["TiB", 1048576], ["GiB", 1024], ["MiB", 1], ["KiB", 1 / 1024],
  ])) {
    if (size >= scale) return `${three(mib / scale)} ${unit}`;
  }
  return mib === 0 ? "0 B" : `${Math.round(mib * 1048576)} B`;
}

/**
 * Three digits, or all of the whole part.
 * @param {number} value
 */
function three(value) {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/**
 * A time since the start, as exact as a step of the picture is wide.
 * @param {number} seconds
 * @param {number} step
 */
function momentText(seconds, step = 0.1) {
  const decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : step >= 0.001 ? 3 : 4;
  if (seconds < 180) return `${seconds.toFixed(decimals)} s`;
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const rest = (seconds % 60).toFixed(Math.min(decimals, 3)).padStart(decimals ? 3 + decimals : 2, "0");
  if (seconds < 10800) return `${Math.floor(whole / 60)} min ${rest} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min ${rest} s`;
}

/**
 * @typedef {{ticks: {value: number, text: string}[], unit: string}} Axis
 */

/**
 * Round amounts of memory between two.
 * @param {number} low
 * @param {number} high
 * @param {number} steps
 * @returns {Axis}
 */
function memoryAxis(low, high, steps) {
  const units = /** @type {[string, number][]} */ ([
    ["TiB", 1048576], ["GiB", 1024], ["MiB", 1], ["KiB", 1 / 1024],
  ]);
  const [unit, scale] = units.find(([, size]) => high >= 2 * size) ?? units[3];
  return axis(low, high, roundStep((high - low) / scale / steps), scale, unit);
}

/**
 * Round times between two.
 * @param {number} from
 * @param {number} to
 * @param {number} steps
 * @returns {Axis}
 */
function timeAxis(from, to, steps) {
  const length = to - from;
  const units = /** @type {[string, number, number[]][]} */ ([
    ["days", 86400, []], ["h", 3600, [1, 2, 3, 6, 12]], ["min", 60, [1, 2, 5, 10, 15, 20, 30]],
    ["s", 1, []], ["ms", 0.001, []],
  ]);
  const [unit, scale, round] =
    units.find(([, size]) => length >= size * (size < 60 ? 1 : 3)) ?? units[4];
  const wanted = length / scale / steps;
  const step = (wanted > 0.5 ? round.find((each) => wanted <= each) : null) ?? roundStep(wanted);
  return axis(from, to, step, scale, unit);
}

/**
 * The smallest of 1, 2, 5 times a power of ten that is no smaller.
 * @param {number} least
 */
function roundStep(least) {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((each) => least <= each * power * 1.0000001) ?? 10) * power;
}

/**
 * @param {number} low
 * @param {number} high
 * @param {number} step
 * @param {number} scale
 * @param {string} unit
 * @returns {Axis}
 */
function axis(low, high, step, scale, unit) {
  const ticks = [];
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  for (let index = Math.ceil(low / scale / step - 1e-9); ticks.length < 64; index += 1) {
    const value = index * step;
    if (value * scale > high) break;
    ticks.push({ value: value * scale, text: value.toFixed(decimals) });
  }
  return { ticks, unit };
}
