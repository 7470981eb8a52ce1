// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Figures as people read them; the same words that the reports in a terminal use.

/**
 * Three digits, more where the whole part has more.
 * @param {number} value
 */
function threeDigits(value) {
  for (const decimals of [2, 1]) {
    const text = value.toFixed(decimals);
    if (text.length <= 4) return text;
  }
  return value.toFixed(0);
}

const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/**
 * @param {number} bytes
 * @returns {{number: string, unit: string, scale: number}}
 */
function sizeParts(bytes) {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? "−" : "";
  if (size < 1023.5) return { number: sign + Math.round(size), unit: "B", scale: 1 };
  let scale = 1;
  for (const unit of UNITS) {
    scale *= 1024;
    const number = threeDigits(size / scale);
    if (Number(number) < 1024 || unit === "TiB") return { number: sign + number, unit, scale };
  }
  return { number: sign, unit: "", scale };
}

/**
 * Bytes, for a sentence.
 * @param {number} bytes
 */
function sizeText(bytes) {
  const { number, unit } = sizeParts(bytes);
  return `${number} ${unit}`;
}

/**
 * The standard error of a size, in that size's unit and with as many decimals.
 * @param {number} variance  bytes²
 * @param {number} bytes
 */
function errorText(variance, bytes) {
  const { number, scale } = sizeParts(bytes);
  const decimals = number.split(".")[1]?.length ?? 0;
  return `± ${(Math.sqrt(Math.max(0, variance)) / scale).toFixed(decimals)}`;
}

/**
 * With commas between the thousands.
 * @param {number} count
 */
function countText(count) {
  const digits = String(Math.abs(Math.round(count))).replace(/\B(?=(\d{3})+$)/g, ",");
  return (count <= -0.5 ? "−" : "") + digits;
}

/**
 * An amount of a measure: bytes, or blocks.
 * @param {number} amount
 * @param {boolean} isCount
 */
function amountText(amount, isCount) {
  return isCount ? countText(amount) : sizeText(amount);
}

/**
 * The same with its sign, for what was more or less.
 * @param {number} amount
 * @param {boolean} isCount
 */
function changeText(amount, isCount) {
  return (amount > 0 ? "+" : "") + amountText(amount, isCount);
}

/**
 * An amount of what is shown.
 * @param {Figures} figures
 * @param {number} amount
 */
function figureText({ isChange, isCount }, amount) {
  return isChange ? changeText(amount, isCount) : amountText(amount, isCount);
}

/**
 * The standard error beside it; nothing where none is known.
 * @param {Figures} figures
 * @param {number | undefined} variance
 * @param {number} amount
 */
function errorBeside({ varianceOwn, isCount }, variance, amount) {
  if (varianceOwn === null || isCount || amount === 0) return "";
  return ` ${errorText(variance ?? 0, amount)}`;
}

/**
 * Whether chance alone may have made a change, where there are samples.
 * @param {Figures} figures
 * @param {number} variance
 * @param {number} change
 */
function isByChance({ isChange, varianceOwn, unsampled }, variance, change) {
  if (!isChange || varianceOwn === null) return false;
  return Math.abs(change) <= Math.max(unsampled, 2 * Math.sqrt(variance));
}

/**
 * @param {number} count
 * @param {string} name
 */
function counted(count, name) {
  return `${countText(count)} ${name}${Math.round(count) === 1 ? "" : "s"}`;
}

/**
 * @param {number} share
 */
function shareText(share) {
  if (!Number.isFinite(share)) return "";
  const percent = share * 100;
  const size = Math.abs(percent);
  const text = size === 0 || size >= 0.95 ? size.toFixed(0) : size >= 0.05 ? size.toFixed(1) : "<0.1";
  return `${percent < 0 ? "−" : ""}${text} %`;
}

/**
 * A moment, as exact as it matters where moments are so far apart.
 * @param {number} ms
 * @param {number} step  milliseconds
 */
function timeText(ms, step = 1) {
  const seconds = ms / 1000;
  if (seconds < 0.9995) return `${Math.round(ms)} ms`;
  const decimals = step >= 1000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
  if (seconds < 120) return `${seconds.toFixed(decimals)} s`;
  const whole = Math.floor(seconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const rest = (seconds - Math.floor(seconds / 60) * 60).toFixed(decimals);
  if (seconds < 7200) {
    return `${Math.floor(whole / 60)} min ${rest.padStart(decimals ? decimals + 3 : 2, "0")} s`;
  }
  return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole / 60) % 60)} min ${two(whole % 60)} s`;
}

/**
 * Round numbers between nothing and the highest, in one unit.
 * @param {number} highest
 * @param {number} steps
 * @returns {{value: number, text: string}[]}
 */
function sizeTicks(highest, steps) {
  if (!(highest > 0)) return [];
  const scale = highest >= 1024 ? 1024 ** Math.min(4, Math.floor(Math.log2(highest) / 10)) : 1;
  const unit = scale === 1 ? "B" : UNITS[Math.round(Math.log2(scale) / 10) - 1];
  return roundTicks(0, highest / scale, steps).map(({ value, text }) => ({
    value: value * scale,
    text: value === 0 ? "0" : `${text} ${unit}`,
  }));
}

/**
 * Round moments between two.
 * @param {number} from
 * @param {number} to
 * @param {number} steps
 * @returns {{value: number, text: string}[]}
 */
function timeTicks(from, to, steps) {
  const length = to - from;
  const units = /** @type {[string, number, number[]][]} */ ([
    ["h", 3600000, [1, 2, 3, 6, 12, 24, 48]], ["min", 60000, [1, 2, 5, 10, 15, 20, 30, 60]],
    ["s", 1000, []], ["ms", 1, []],
  ]);
  const [unit, scale, round] = units.find(([, size]) => length >= 2 * size) ?? units[3];
  return roundTicks(from / scale, to / scale, steps, round).map(({ value, text }) => ({
    value: value * scale,
    text: value === 0 ? "0" : `${text} ${unit}`,
  }));
}

/**
 * @param {number} low
 * @param {number} high
 * @param {number} steps
 * @param {number[]} round
 */
function roundTicks(low, high, steps, round = []) {
  const wanted = (high - low) / Math.max(1, steps);
  if (!(wanted > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = round.find((each) => each >= wanted && wanted > 0.5) ??
    ([1, 2, 5].find((each) => wanted <= each * power * 1.0000001) ?? 10) * power;
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high && ticks.length < 50; index += 1) {
    ticks.push({ value: index * step, text: (index * step).toFixed(decimals) });
  }
  return ticks;
}
