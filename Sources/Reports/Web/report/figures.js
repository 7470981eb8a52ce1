// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What every node has of the measure that is shown.

/**
 * `weight` says how wide a frame is and is never below nothing; `value` is what is said of it, and
 * `change` how it is coloured, where something is compared. `…Own` is of the node itself, the others
 * with all below it. Where a window of time is shown, a change downwards has a width too.
 * @typedef {{key: string, isCount: boolean, isChange: boolean, heading: string, said: string,
 *   whole: number, weightOwn: Float64Array, weight: Float64Array, valueOwn: Float64Array,
 *   value: Float64Array, changeOwn: Float64Array | null, change: Float64Array | null,
 *   varianceOwn: Float64Array | null, variance: Float64Array | null,
 *   before: Float64Array | null, unsampled: number}} Figures
 * `before` is what was, where two recordings are compared; `unsampled` what then may have no sample.
 *
 * @typedef {"peak" | "moment" | "live" | "allocated" | "allocations" | "temporary"} Measure
 * @typedef {[number, number]} Stretch  milliseconds; an instant where both are one
 */

/** Headings of the measures, and what they are in a sentence. */
const WORDS = /** @type {Record<Measure, [string, string, string]>} */ ({
  peak: ["At peak", "of the peak", "What was held when usage was highest"],
  moment: ["At a moment", "of what was held then", "Choose a moment or a stretch in the timeline"],
  live: ["Live at end", "of what was left", "What was never freed: leaks are here"],
  allocated: ["Allocated", "of all bytes", "All bytes that were ever allocated, freed or not"],
  allocations: ["Allocations", "of all blocks", "How many blocks were allocated"],
  temporary: ["Temporary", "of temporary bytes", "Bytes freed before anything else was allocated"],
});

const MEASURE_NAMES = /** @type {Measure[]} */ (Object.keys(WORDS));

/**
 * @param {Measure} measure
 * @param {Stretch | null} time
 * @param {Report} report
 */
function headingOf(measure, time, report) {
  if (measure !== "moment" || !time) return WORDS[measure][0];
  const step = Math.max(report.head.step, report.head.duration / 1000);
  const [from, to] = time.map((ms) => timeText(ms, step));
  const heading = time[0] === time[1] ? `At ${from}` : `${from} to ${to}`;
  return report.isDifference ? `After, ${heading.replace("At", "at")}` : heading;
}

class Figuring {
  /** @param {Report} report */
  constructor(report) {
    this.report = report;
    this.holdings = new Holdings(report);
    /**
     * Those that were asked for last.
     * @type {Kept<Figures>}
     */
    this.kept = new Kept(14);
  }

  /**
   * @param {Measure} measure
   * @param {Stretch | null} time
   * @param {{tree: CallTree, map: Int32Array | null, key: string}} shown
   * @returns {Figures}
   */
  of(measure, time, { tree, map, key: treeKey }) {
    const key = `${measure} ${measure === "moment" ? time : ""} ${treeKey}`;
    return this.kept.get(key, () => this.made(key, measure, time, tree, map));
  }

  /**
   * @param {string} key
   * @param {Measure} measure
   * @param {Stretch | null} time
   * @param {CallTree} tree
   * @param {Int32Array | null} map
   * @returns {Figures}
   */
  made(key, measure, time, tree, map) {
    const { report } = this;
    const fold = (/** @type {Float64Array} */ own) => (map ? folded(own, map, tree.count) : own);
    const optional = (/** @type {string} */ name) => {
      const column = report.optional(`node.${name}`);
      return column ? fold(column) : null;
    };
    /** @type {Float64Array} */
    let valueOwn;
    /** @type {Float64Array | null} */
    let changeOwn = null;
    let weightOwn = null;
    let varianceOwn = null;
    let beforeOwn = null;
    const isWindow = measure === "moment" && time !== null && time[0] !== time[1];
    if (measure === "moment" && time) {
      let then = this.holdings.at(time[1]);
      if (isWindow) {
        const before = this.holdings.at(time[0]);
        then = then.map((held, node) => held - before[node]);
      }
      valueOwn = fold(then);
      if (isWindow) {
        changeOwn = valueOwn;
        weightOwn = valueOwn.slice();
        for (let node = 0; node < weightOwn.length; node += 1) weightOwn[node] = Math.abs(weightOwn[node]);
      }
    } else {
      const name = measure === "moment" ? "peak" : measure;
      valueOwn = optional(name) ?? new Float64Array(tree.count);
      varianceOwn = optional(`${name}Variance`);
      const before = optional(`${name}Before`);
      beforeOwn = before;
      if (before) {
        const after = valueOwn;
        changeOwn = after.map((amount, node) => amount - before[node]);
        weightOwn = after.map((amount, node) => Math.max(amount, before[node]));
        valueOwn = changeOwn;
        const varianceBefore = optional(`${name}VarianceBefore`);
        if (varianceOwn && varianceBefore) {
          varianceOwn = varianceOwn.map((each, node) => each + varianceBefore[node]);
        }
      }
    }
    const value = tree.summed(valueOwn);
    const weight = weightOwn ? tree.summed(weightOwn) : value;
    return {
      key,
      isCount: measure === "allocations",
      isChange: changeOwn !== null,
      heading: headingOf(measure, time, report),
      said: isWindow ? "of what changed" : WORDS[measure][1],
      whole: changeOwn ? weight[0] ?? 0 : this.whole(measure, time, value[0] ?? 0),
      weightOwn: weightOwn ?? valueOwn,
      weight,
      valueOwn,
      value,
      changeOwn,
      change: changeOwn ? value : null,
      varianceOwn,
      variance: varianceOwn ? tree.summed(varianceOwn) : null,
      before: beforeOwn ? tree.summed(beforeOwn) : null,
      unsampled: beforeOwn && measure !== "allocations" ? report.head.unsampled ?? 0 : 0,
    };
  }

  /**
   * What shares are of: what was counted, where that is known; samples may come to a little more.
   * @param {Measure} measure
   * @param {Stretch | null} time
   * @param {number} sum  of the nodes
   */
  whole(measure, time, sum) {
    const { head, moments } = this.report;
    if (measure === "peak") return head.peak.bytes || sum;
    if (measure === "live") return head.end.bytes || sum;
    if (measure !== "moment" || !time) return sum;
    if (Math.round(time[1]) === Math.round(head.peak.ms)) return head.peak.bytes || sum;
    return inUseAt(moments, time[1]) || sum;
  }
}

/**
 * @param {Float64Array} own
 * @param {Int32Array} map
 * @param {number} count
 */
function folded(own, map, count) {
  const sums = new Float64Array(count);
  for (let node = 0; node < own.length; node += 1) sums[map[node]] += own[node];
  return sums;
}

/**
 * A few things that cost something to make, the ones asked for last.
 * @template T
 */
class Kept {
  /** @param {number} most */
  constructor(most) {
    this.most = most;
    /** @type {Map<string, T>} */
    this.known = new Map();
  }

  /**
   * @param {string} key
   * @param {() => T} make
   * @returns {T}
   */
  get(key, make) {
    const known = this.known.get(key);
    const found = known ?? make();
    if (known !== undefined) this.known.delete(key);
    this.known.set(key, found);
    if (this.known.size > this.most) {
      for (const oldest of this.known.keys()) {
        this.known.delete(oldest);
        break;
      }
    }
    return found;
  }
}
