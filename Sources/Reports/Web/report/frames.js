// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames of the flame graph, made as far as they are looked at: from the root down to what it calls, or,
// inverted, from what holds memory to its callers.

/**
 * @typedef {{place: number, parent: Frame | null, depth: number, weight: number, value: number,
 *   own: number, change: number, variance: number, children: Frame[] | null, floor: number,
 *   known: Map<number, Frame> | null, node: number, single: number, nodes: Int32Array | null,
 *   amounts: Float64Array[] | null}} Frame
 * `node` is of a frame that is one; an inverted one has nodes, and what comes to it through each, or a
 * `single` one.
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
    const known = parent?.known?.get(place);
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
      known: null,
      node,
      single: -1,
      nodes: null,
      amounts: null,
    };
    if (parent) remember(parent, frame);
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
    const known = frame.known?.get(place);
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
    for (const node of frame.nodes ?? (frame.single < 0 ? [] : [frame.single])) {
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
    const { parent, place } = this.tree;
    if (frame.single >= 0) {
      const above = parent[frame.single];
      if (above === 0 || frame.weight < least || (only !== null && place[above] !== only)) return [];
      const { weight, value, variance } = frame;
      return [frame.known?.get(place[above]) ??
        this.callerOf(frame, place[above], above, weight, value, variance)];
    }
    if (!nodes || !amounts) return [];
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
    const start = new Int32Array(places.length + 1).fill(-1);
    let total = 0;
    const made = [];
    const fresh = [];
    for (let mine = 0; mine < places.length; mine += 1) {
      if (weights[mine] <= 0 || weights[mine] < least) continue;
      const known = frame.known?.get(places[mine]);
      if (known) {
        made.push(known);
        continue;
      }
      fresh.push(mine);
      start[mine] = total;
      total += counts[mine];
    }
    // The nodes of one frame lie side by side.
    const list = new Int32Array(total);
    const columns = sums.map(() => new Float64Array(total));
    const next = start.slice();
    for (let slot = 0; slot < length; slot += 1) {
      const at = next[group[slot]];
      if (at < 0) continue;
      next[group[slot]] += 1;
      list[at] = merged[slot];
      for (let each = 0; each < sums.length; each += 1) columns[each][at] = sums[each][slot];
    }
    for (const mine of fresh) {
      const [from, to] = [start[mine], start[mine] + counts[mine]];
      const [weight, value, variance] = columns.map((column) => {
        let sum = 0;
        for (let at = from; at < to; at += 1) sum += column[at];
        return sum;
      });
      const isSingle = to - from === 1;
      const one =
        this.callerOf(frame, places[mine], isSingle ? list[from] : -1, weight, value, variance ?? 0);
      if (!isSingle) {
        one.nodes = list.subarray(from, to);
        one.amounts = columns.map((column) => column.subarray(from, to));
      }
      made.push(one);
    }
    return made;
  }

  /**
   * A frame of an inverted graph.
   * @param {Frame} parent
   * @param {number} place
   * @param {number} single  its node, where it is of one
   * @param {number} weight
   * @param {number} value
   * @param {number} variance
   * @returns {Frame}
   */
  callerOf(parent, place, single, weight, value, variance) {
    const frame = {
      place,
      parent,
      depth: parent.depth + 1,
      weight,
      value,
      own: parent.parent === null ? value : 0,
      change: this.figures.isChange ? value : 0,
      variance,
      children: null,
      floor: Infinity,
      known: null,
      node: -1,
      single,
      nodes: null,
      amounts: null,
    };
    remember(parent, frame);
    return frame;
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

/**
 * @param {Frame} parent
 * @param {Frame} frame
 */
function remember(parent, frame) {
  parent.known ??= new Map();
  parent.known.set(frame.place, frame);
}

/** @param {Frame} frame */
function pathOf(frame) {
  const path = [];
  for (let each = frame; each.parent; each = each.parent) path.push(each.place);
  return path.reverse();
}
