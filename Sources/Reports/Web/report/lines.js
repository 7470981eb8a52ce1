// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The same figures by line, by function or by file.

/**
 * @typedef {"line" | "function" | "file"} Grouping
 * @typedef {{of: Int32Array, count: number, place: Int32Array}} Groups
 * The group of each place, and a place of each group.
 * @typedef {{own: Float64Array, total: Float64Array, weight: Float64Array,
 *   weightTotal: Float64Array, variance: Float64Array | null}} Sums  by group
 */

class Grouped {
  /** @param {Report} report */
  constructor(report) {
    this.report = report;
    /** @type {Map<Grouping, Groups>} */
    this.known = new Map();
    /** @type {Kept<Sums>} */
    this.kept = new Kept(14);
  }

  /**
   * @param {Grouping} grouping
   * @returns {Groups}
   */
  groups(grouping) {
    const known = this.known.get(grouping);
    if (known) return known;
    const { report } = this;
    const of = new Int32Array(report.placeCount).map((_, place) => place);
    if (grouping === "line") {
      const made = { of, count: of.length, place: of };
      this.known.set(grouping, made);
      return made;
    }
    /** @type {Map<string, number>} */
    const names = new Map();
    const places = [];
    for (let place = 0; place < of.length; place += 1) {
      const name = this.name(grouping, place);
      let group = names.get(name);
      if (group === undefined) {
        group = places.length;
        names.set(name, group);
        places.push(place);
      }
      // What is there now stands for what is gone from it.
      if (report.isFormer[report.file[places[group]]] && !report.isFormer[report.file[place]]) {
        places[group] = place;
      }
      of[place] = group;
    }
    const made = { of, count: places.length, place: Int32Array.from(places) };
    this.known.set(grouping, made);
    return made;
  }

  /**
   * @param {Grouping} grouping
   * @param {number} place
   */
  name(grouping, place) {
    const { report } = this;
    if (report.kind[place] !== Kind.line) return `place ${place}`;
    const file = report.present[report.file[place]];
    return grouping === "file" ? `file ${file}` : `function ${file} ${report.function[place]}`;
  }

  /**
   * What each group holds itself and with what it calls.
   * @param {Grouping} grouping
   * @param {CallTree} tree
   * @param {Figures} figures
   * @returns {Sums}
   */
  sums(grouping, tree, figures) {
    return this.kept.get(`${grouping} ${figures.key}`, () => this.summed(grouping, tree, figures));
  }

  /**
   * @param {Grouping} grouping
   * @param {CallTree} tree
   * @param {Figures} figures
   * @returns {Sums}
   */
  summed(grouping, tree, figures) {
    const { of, count } = this.groups(grouping);
    const isFirst = tree.outermost(grouping, of, count);
    const group = tree.grouped(grouping, of);
    const all = (/** @type {Float64Array} */ amounts) => {
      const sums = new Float64Array(count);
      for (let node = 0; node < group.length; node += 1) sums[group[node]] += amounts[node];
      return sums;
    };
    const outer = (/** @type {Float64Array} */ amounts) => {
      const sums = new Float64Array(count);
      for (let node = 0; node < group.length; node += 1) {
        if (isFirst[node] === 1) sums[group[node]] += amounts[node];
      }
      return sums;
    };
    const [own, total] = [all(figures.valueOwn), outer(figures.value)];
    const isWeighed = figures.weight !== figures.value;
    return {
      own,
      total,
      weight: isWeighed ? all(figures.weightOwn) : own,
      weightTotal: isWeighed ? outer(figures.weight) : total,
      variance: figures.varianceOwn ? all(figures.varianceOwn) : null,
    };
  }
}
