// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What was held at any moment, from the changes of the counters.

/** So many changes lie between two moments whose sums are kept. */
const BETWEEN_SUMS = 4096;

class Holdings {
  /** @param {Report} report */
  constructor(report) {
    this.report = report;
    const { counterLive, changeCounter, changeLive } = report;
    /** What a counter holds after each change. */
    this.after = new Float64Array(changeCounter.length);
    /** What each counter held at the beginning. */
    this.first = counterLive.slice();
    for (let index = changeCounter.length - 1; index >= 0; index -= 1) {
      const counter = changeCounter[index];
      this.after[index] = this.first[counter];
      this.first[counter] = changeLive[index];
    }
    /** What each counter holds when the first `done` changes are over: as was asked for last. */
    this.held = counterLive.slice();
    this.done = changeCounter.length;
    /**
     * What each node held at the moments that were asked for last.
     * @type {Kept<Float64Array>}
     */
    this.kept = new Kept(4);
  }

  /**
   * @param {number} process
   * @param {number} ms
   */
  isAlive(process, ms) {
    const found = this.report.head.processes[process];
    return !found || (ms >= found.begin && ms <= found.end);
  }

  /**
   * What each node held itself.
   * @param {number} ms
   */
  at(ms) {
    return this.kept.get(String(ms), () => {
      this.go(placeAfter(this.report.changeUntil, ms));
      const { held, report } = this;
      const { counterNode, counterProcess } = report;
      const isAlive = report.head.processes.map((_, process) => this.isAlive(process, ms));
      const nodes = new Float64Array(report.tree.count);
      for (let counter = 0; counter < held.length; counter += 1) {
        if (isAlive[counterProcess[counter]] !== false) nodes[counterNode[counter]] += held[counter];
      }
      return nodes;
    });
  }

  /**
   * Goes on, or back, to where so many changes are over: only what lies between is looked at.
   * @param {number} done
   */
  go(done) {
    const { held, after } = this;
    const { changeCounter, changeLive } = this.report;
    for (; this.done < done; this.done += 1) held[changeCounter[this.done]] = after[this.done];
    while (this.done > done) {
      this.done -= 1;
      held[changeCounter[this.done]] = changeLive[this.done];
    }
  }

  /**
   * The most that groups of counters ever held together.
   * @param {Int32Array} group  of each counter
   * @param {number} count  of groups
   */
  highest(group, count) {
    const { changeCounter, changeUntil, changeLive } = this.report;
    const sums = new Float64Array(count);
    for (let counter = 0; counter < group.length; counter += 1) sums[group[counter]] += this.first[counter];
    const highest = sums.slice();
    for (let index = 0; index < changeUntil.length; ) {
      const from = index;
      const until = changeUntil[index];
      for (; index < changeUntil.length && changeUntil[index] === until; index += 1) {
        sums[group[changeCounter[index]]] += this.after[index] - changeLive[index];
      }
      // What changes at one moment is looked at when all of it has.
      for (let each = from; each < index; each += 1) {
        const mine = group[changeCounter[each]];
        if (sums[mine] > highest[mine]) highest[mine] = sums[mine];
      }
    }
    return highest;
  }
}

/** What groups of counters hold together over time. */
class Courses {
  /**
   * @param {Holdings} holdings
   * @param {Int32Array} group  of each counter
   * @param {number[]} processes  of each group
   */
  constructor(holdings, group, processes) {
    this.holdings = holdings;
    this.group = group;
    this.processes = processes;
    const { changeCounter, changeLive } = holdings.report;
    const sums = new Float64Array(processes.length);
    for (let counter = 0; counter < group.length; counter += 1) {
      sums[group[counter]] += holdings.first[counter];
    }
    /**
     * The sums before every so many changes.
     * @type {Float64Array[]}
     */
    this.sums = [];
    for (let index = 0; index < changeCounter.length; index += 1) {
      if (index % BETWEEN_SUMS === 0) this.sums.push(sums.slice());
      sums[group[changeCounter[index]]] += holdings.after[index] - changeLive[index];
    }
    if (changeCounter.length % BETWEEN_SUMS === 0) this.sums.push(sums.slice());
  }

  /**
   * What the groups held at moments that rise.
   * @param {ArrayLike<number>} moments
   * @returns {Float64Array[]}  by group
   */
  at(moments) {
    const { holdings, group, processes } = this;
    const { changeCounter, changeUntil, changeLive } = holdings.report;
    const bands = processes.map(() => new Float64Array(moments.length));
    if (moments.length === 0) return bands;
    const kept = Math.floor(placeAfter(changeUntil, moments[0]) / BETWEEN_SUMS);
    const sums = this.sums[kept].slice();
    let next = kept * BETWEEN_SUMS;
    for (let index = 0; index < moments.length; index += 1) {
      const ms = moments[index];
      for (; next < changeUntil.length && changeUntil[next] <= ms; next += 1) {
        sums[group[changeCounter[next]]] += holdings.after[next] - changeLive[next];
      }
      for (let each = 0; each < sums.length; each += 1) bands[each][index] = sums[each];
    }
    for (let each = 0; each < processes.length; each += 1) {
      for (let index = 0; index < moments.length; index += 1) {
        if (!holdings.isAlive(processes[each], moments[index])) bands[each][index] = 0;
      }
    }
    return bands;
  }
}

/**
 * The place of the first number that is greater, among numbers that rise.
 * @param {ArrayLike<number>} numbers
 * @param {number} number
 */
function placeAfter(numbers, number) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}
