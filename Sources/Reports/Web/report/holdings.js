// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What was held at any moment, from the changes of the counters.

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
    const { report } = this;
    const { changeCounter, changeUntil, changeLive, counterNode, counterProcess } = report;
    const held = report.counterLive.slice();
    for (let index = changeUntil.length - 1; index >= 0 && changeUntil[index] > ms; index -= 1) {
      held[changeCounter[index]] = changeLive[index];
    }
    const isAlive = report.head.processes.map((_, process) => this.isAlive(process, ms));
    const nodes = new Float64Array(report.tree.count);
    for (let counter = 0; counter < held.length; counter += 1) {
      if (isAlive[counterProcess[counter]] !== false) nodes[counterNode[counter]] += held[counter];
    }
    return nodes;
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

  /**
   * What groups of counters held at moments that rise.
   * @param {Int32Array} group  of each counter
   * @param {number[]} processes  of each group
   * @param {ArrayLike<number>} moments
   * @returns {Float64Array[]}  by group
   */
  bands(group, processes, moments) {
    const { changeCounter, changeUntil, changeLive } = this.report;
    const sums = new Float64Array(processes.length);
    for (let counter = 0; counter < group.length; counter += 1) sums[group[counter]] += this.first[counter];
    const bands = processes.map(() => new Float64Array(moments.length));
    let next = 0;
    for (let index = 0; index < moments.length; index += 1) {
      const ms = moments[index];
      for (; next < changeUntil.length && changeUntil[next] <= ms; next += 1) {
        sums[group[changeCounter[next]]] += this.after[next] - changeLive[next];
      }
      for (let each = 0; each < sums.length; each += 1) {
        if (this.isAlive(processes[each], ms)) bands[each][index] = sums[each];
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
