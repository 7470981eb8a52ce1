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
    /** @type {number[]} */
    const nodes = [];
    for (let node = 0; node < tree.count; node += 1) if (figures.weightOwn[node] > 0) nodes.push(node);
    const sums = [figures.weightOwn, figures.valueOwn];
    if (figures.varianceOwn) sums.push(figures.varianceOwn);
    const root = this.frameOf(0, null);
    root.nodes = Int32Array.from(nodes);
    root.amounts = sums.map((column) => Float64Array.from(nodes, (node) => column[node]));
    return root;
  }

  /**
   * The frames below one that weigh enough, the heaviest first.
   * @param {Frame} frame
   * @param {number} least
   */
  below(frame, least = 0) {
    if (!frame.children || frame.floor > least) {
      frame.children = this.isInverted ? this.callers(frame) : this.callees(frame, least);
      frame.children.sort((a, b) => b.weight - a.weight || a.place - b.place);
      frame.floor = this.isInverted ? 0 : least;
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

  /** @param {Frame} frame */
  callers(frame) {
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
    /** @type {Map<number, number[]>} */
    const groups = new Map();
    for (let slot = 0; slot < merged.length; slot += 1) {
      const group = groups.get(place[merged[slot]]);
      if (group) group.push(slot);
      else groups.set(place[merged[slot]], [slot]);
    }
    return [...groups].map(([where, group]) => this.callerOf(frame, where, group, merged, sums));
  }

  /**
   * @param {Frame} parent
   * @param {number} place
   * @param {number[]} group
   * @param {number[]} merged
   * @param {Float64Array[]} sums
   * @returns {Frame}
   */
  callerOf(parent, place, group, merged, sums) {
    const amounts = sums.map((column) => Float64Array.from(group, (slot) => column[slot]));
    const [weight, value, variance] = amounts.map((column) => column.reduce((sum, each) => sum + each, 0));
    return {
      place,
      parent,
      depth: parent.depth + 1,
      weight,
      value,
      own: parent.parent === null ? value : 0,
      change: this.figures.isChange ? value : 0,
      variance: variance ?? 0,
      children: null,
      floor: Infinity,
      node: -1,
      nodes: Int32Array.from(group, (slot) => merged[slot]),
      amounts,
    };
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
