// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames of the flame graph, made as far as they are looked at: from the root down to what it calls, or,
// inverted, from what holds memory to its callers.

/**
 * @typedef {{place: number, parent: Frame | null, depth: number, weight: number, value: number,
 *   own: number, change: number, variance: number, children: Frame[] | null, floor: number,
 *   node: number, nodes: Int32Array | null, amounts: Float64Array[] | null}} Frame
 * `node` is of a frame that is one; an inverted one has nodes, and what comes to it through each.
 * `children` are those that weigh at least `floor`.
 */

class Frames {
  /**
   * @param {CallTree} tree
   * @param {Figures} figures
   * @param {boolean} isInverted
   */
  constructor(tree, figures, isInverted) {
    this.tree = tree;
    this.figures = figures;
    this.isInverted = isInverted;
    /** Where a node is in the list that is being made. */
    this.slots = new Int32Array(isInverted ? tree.count : 0);
    this.root = isInverted ? this.invertedRoot() : this.frameOf(0, null);
  }

  /**
   * @param {number} node
   * @param {Frame | null} parent
   * @returns {Frame}
   */
  frameOf(node, parent) {
    const { figures } = this;
    return {
      place: this.tree.place[node] ?? 0,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      weight: figures.weight[node] ?? 0,
      value: figures.value[node] ?? 0,
      own: figures.valueOwn[node] ?? 0,
      change: figures.change?.[node] ?? 0,
      variance: figures.variance?.[node] ?? 0,
      children: null,
      floor: Infinity,
      node,
      nodes: null,
      amounts: null,
    };
  }

  /** @returns {Frame} */
  invertedRoot() {
    const { figures, tree } = this;
    const nodes = new Int32Array(tree.count);
    let count = 0;
    for (let node = 0; node < tree.count; node += 1) {
      if (figures.weightOwn[node] > 0) nodes[count++] = node;
    }
    const sums = [figures.weightOwn, figures.valueOwn];
    if (figures.varianceOwn) sums.push(figures.varianceOwn);
    const root = this.frameOf(0, null);
    root.nodes = nodes.subarray(0, count);
    root.amounts = sums.map((column) => {
      const amounts = new Float64Array(count);
      for (let index = 0; index < count; index += 1) amounts[index] = column[nodes[index]];
      return amounts;
    });
    return root;
  }

  /**
   * The frames below one that weigh enough, the heaviest first.
   * @param {Frame} frame
   * @param {number} least
   */
  below(frame, least = 0) {
    if (!frame.children || frame.floor > least) {
      frame.children = this.isInverted ? this.callers(frame, least) : this.callees(frame, least);
      frame.children.sort((a, b) => b.weight - a.weight || a.place - b.place);
      frame.floor = least;
    }
    return frame.children;
  }

  /**
   * @param {Frame} frame
   * @param {number} least
   */
  callees(frame, least) {
    const { start, list } = this.tree.children;
    const { weight } = this.figures;
    const frames = [];
    for (let index = start[frame.node]; index < start[frame.node + 1]; index += 1) {
      const node = list[index];
      if (weight[node] > 0 && weight[node] >= least) frames.push(this.frameOf(node, frame));
    }
    return frames;
  }

  /**
   * @param {Frame} frame
   * @param {number} least
   * @returns {Frame[]}
   */
  callers(frame, least) {
    const { nodes, amounts } = frame;
    if (!nodes || !amounts) return [];
    const { parent, place } = this.tree;
    const isRoot = frame.parent === null;
    // What comes to one node on several ways goes on as one.
    /** @type {number[]} */
    const merged = [];
    const sums = amounts.map(() => new Float64Array(nodes.length));
    for (let index = 0; index < nodes.length; index += 1) {
      const node = isRoot ? nodes[index] : parent[nodes[index]];
      if (node === 0 && !isRoot) continue;
      let slot = this.slots[node];
      if (!(slot < merged.length && merged[slot] === node)) {
        slot = merged.length;
        this.slots[node] = slot;
        merged.push(node);
      }
      for (let each = 0; each < sums.length; each += 1) sums[each][slot] += amounts[each][index];
    }
    /**
     * The group of each place that is met.
     * @type {Map<number, number>}
     */
    const groups = new Map();
    const group = new Int32Array(merged.length);
    const weights = new Float64Array(merged.length);
    const counts = new Int32Array(merged.length);
    for (let slot = 0; slot < merged.length; slot += 1) {
      const where = place[merged[slot]];
      let mine = groups.get(where);
      if (mine === undefined) {
        mine = groups.size;
        groups.set(where, mine);
      }
      group[slot] = mine;
      weights[mine] += sums[0][slot];
      counts[mine] += 1;
    }
    // Most are too small to be seen.
    /** @type {(Frame | null)[]} */
    const frames = [];
    for (const [where, mine] of groups) {
      frames.push(weights[mine] >= least ? this.callerOf(frame, where, counts[mine], sums.length) : null);
    }
    counts.fill(0);
    for (let slot = 0; slot < merged.length; slot += 1) {
      const made = frames[group[slot]];
      if (!made?.nodes || !made.amounts) continue;
      const at = counts[group[slot]]++;
      made.nodes[at] = merged[slot];
      for (let each = 0; each < sums.length; each += 1) made.amounts[each][at] = sums[each][slot];
    }
    const found = /** @type {Frame[]} */ (frames.filter((made) => made !== null));
    for (const made of found) this.reckon(made);
    return found;
  }

  /**
   * A frame whose nodes and amounts are still to be entered.
   * @param {Frame} parent
   * @param {number} place
   * @param {number} count  of its nodes
   * @param {number} columns  of its amounts
   * @returns {Frame}
   */
  callerOf(parent, place, count, columns) {
    return {
      ...this.frameOf(0, parent),
      place,
      node: -1,
      nodes: new Int32Array(count),
      amounts: Array.from({ length: columns }, () => new Float64Array(count)),
    };
  }

  /**
   * The sums of what comes to a frame.
   * @param {Frame} frame
   */
  reckon(frame) {
    const sums = [0, 0, 0];
    for (const [index, column] of (frame.amounts ?? []).entries()) {
      for (let each = 0; each < column.length; each += 1) sums[index] += column[each];
    }
    [frame.weight, frame.value, frame.variance] = sums;
    frame.own = frame.parent?.parent === null ? frame.value : 0;
    frame.change = this.figures.isChange ? frame.value : 0;
  }

  /**
   * The frame at the end of a path of places, or as far as it goes.
   * @param {number[]} path
   */
  find(path) {
    let frame = this.root;
    for (const place of path) {
      const next = this.below(frame).find((child) => child.place === place);
      if (!next) break;
      frame = next;
    }
    return frame;
  }
}

/** @param {Frame} frame */
function pathOf(frame) {
  const path = [];
  for (let each = frame; each.parent; each = each.parent) path.push(each.place);
  return path.reverse();
}
