// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames of the flame graph, made as far as they are looked at: from the root down to what it calls, or,
// inverted, from what holds memory to its callers.

/**
 * @typedef {{place: number, parent: Frame | null, depth: number, weight: number, value: number,
 *   own: number, change: number, variance: number, children: Frame[] | null, floor: number,
 *   known: Map<number, Frame>, node: number, nodes: Int32Array | null,
 *   amounts: Float64Array[] | null}} Frame
 * `node` is of a frame that is one; an inverted one has nodes, and what comes to it through each.
 * `children` are those that weigh at least `floor`; `known` are all that were ever made, by their places.
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
    /** Where a place is in the list that is being made. */
    this.groups = new Int32Array(isInverted ? tree.places : 0);
    this.root = isInverted ? this.invertedRoot() : this.frameOf(0, null);
  }

  /**
   * @param {number} node
   * @param {Frame | null} parent
   * @returns {Frame}
   */
  frameOf(node, parent) {
    const { figures } = this;
    const place = this.tree.place[node] ?? 0;
    const known = parent?.known.get(place);
    if (known) return known;
    const frame = {
      place,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      weight: figures.weight[node] ?? 0,
      value: figures.value[node] ?? 0,
      own: figures.valueOwn[node] ?? 0,
      change: figures.change?.[node] ?? 0,
      variance: figures.variance?.[node] ?? 0,
      children: null,
      floor: Infinity,
      known: new Map(),
      node,
      nodes: null,
      amounts: null,
    };
    parent?.known.set(place, frame);
    return frame;
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
   * The frame of a place below another; null if there is none.
   * @param {Frame} frame
   * @param {number} place
   */
  child(frame, place) {
    const known = frame.known.get(place);
    if (known) return known;
    if (this.isInverted) return this.callers(frame, 0, place)[0] ?? null;
    const { start, list } = this.tree.children;
    const node = list.subarray(start[frame.node], start[frame.node + 1])
      .find((each) => this.tree.place[each] === place && this.figures.weight[each] > 0);
    return node === undefined ? null : this.frameOf(node, frame);
  }

  /**
   * How many frames are below one, however small.
   * @param {Frame} frame
   */
  countBelow(frame) {
    const { tree, figures } = this;
    if (!this.isInverted) {
      const { start, list } = tree.children;
      return list.subarray(start[frame.node], start[frame.node + 1])
        .reduce((count, node) => count + Number(figures.weight[node] > 0), 0);
    }
    const places = new Set();
    for (const node of frame.nodes ?? []) {
      const above = frame.parent === null ? node : tree.parent[node];
      if (above > 0 || frame.parent === null) places.add(tree.place[above]);
    }
    return places.size;
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
   * @param {number | null} only  the place that is asked for
   * @returns {Frame[]}
   */
  callers(frame, least, only = null) {
    const { nodes, amounts } = frame;
    if (!nodes || !amounts) return [];
    const { parent, place } = this.tree;
    const isRoot = frame.parent === null;
    // What comes to one node on several ways goes on as one.
    const merged = new Int32Array(nodes.length);
    let length = 0;
    const sums = amounts.map(() => new Float64Array(nodes.length));
    for (let index = 0; index < nodes.length; index += 1) {
      const node = isRoot ? nodes[index] : parent[nodes[index]];
      if (node === 0 && !isRoot) continue;
      if (only !== null && place[node] !== only) continue;
      let slot = this.slots[node];
      if (!(slot < length && merged[slot] === node)) {
        slot = length++;
        this.slots[node] = slot;
        merged[slot] = node;
      }
      for (let each = 0; each < sums.length; each += 1) sums[each][slot] += amounts[each][index];
    }
    /**
     * The places that are met, each with its group.
     * @type {number[]}
     */
    const places = [];
    const group = new Int32Array(length);
    const weights = new Float64Array(length);
    const counts = new Int32Array(length);
    for (let slot = 0; slot < length; slot += 1) {
      const where = place[merged[slot]];
      let mine = this.groups[where];
      if (!(mine < places.length && places[mine] === where)) {
        mine = places.length;
        this.groups[where] = mine;
        places.push(where);
      }
      group[slot] = mine;
      weights[mine] += sums[0][slot];
      counts[mine] += 1;
    }
    // Most are too small to be seen.
    /** @type {(Frame | null)[]} */
    const frames = [];
    const made = [];
    for (const [mine, where] of places.entries()) {
      const known = frame.known.get(where);
      const isWanted = weights[mine] > 0 && weights[mine] >= least;
      const fresh = isWanted && !known ? this.callerOf(frame, where, counts[mine], sums.length) : null;
      frames.push(fresh);
      if (isWanted) made.push(known ?? fresh);
    }
    counts.fill(0);
    for (let slot = 0; slot < length; slot += 1) {
      const fresh = frames[group[slot]];
      if (!fresh?.nodes || !fresh.amounts) continue;
      const at = counts[group[slot]]++;
      fresh.nodes[at] = merged[slot];
      for (let each = 0; each < sums.length; each += 1) fresh.amounts[each][at] = sums[each][slot];
    }
    for (const fresh of frames) if (fresh) this.reckon(fresh);
    return /** @type {Frame[]} */ (made);
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
    const frame = {
      ...this.frameOf(0, null),
      place,
      parent,
      depth: parent.depth + 1,
      known: new Map(),
      node: -1,
      nodes: new Int32Array(count),
      amounts: Array.from({ length: columns }, () => new Float64Array(count)),
    };
    parent.known.set(place, frame);
    return frame;
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
      const next = this.child(frame, place);
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
