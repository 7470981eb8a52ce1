// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The tree of calls: a parent is before its children, and node 0 is the root.

class CallTree {
  /**
   * @param {Int32Array} parent
   * @param {Int32Array} place
   * @param {{tree: CallTree, map: Int32Array} | null} origin  the tree that it was made of
   */
  constructor(parent, place, origin = null) {
    this.parent = parent;
    this.place = place;
    this.count = parent.length;
    this.origin = origin;
    /** @type {{start: Int32Array, list: Int32Array} | null} */
    this.kin = null;
    /** @type {{start: Int32Array, list: Int32Array} | null} */
    this.found = null;
    /** @type {number | null} */
    this.most = null;
    /** @type {Map<string, Uint8Array>} */
    this.firsts = new Map();
    /** @type {Map<string, Int32Array>} */
    this.groups = new Map();
  }

  /** The children of node n are `list` from `start[n]` up to `start[n + 1]`. */
  get children() {
    this.kin ??= listed(this.parent, 1, this.count);
    return this.kin;
  }

  /**
   * The nodes that are at a place, those that come first before others.
   * @param {number} place
   */
  nodesAt(place) {
    this.found ??= listed(this.place, 0, this.places);
    const { start, list } = this.found;
    return list.subarray(start[place], start[place + 1]);
  }

  /**
   * The group of each node.
   * @param {string} name  of the grouping
   * @param {Int32Array} group  of each place
   */
  grouped(name, group) {
    let groups = this.groups.get(name);
    if (!groups) {
      groups = this.place.map((place) => group[place]);
      this.groups.set(name, groups);
    }
    return groups;
  }

  /** How many places there are, as far as nodes are at them. */
  get places() {
    this.most ??= this.place.reduce((most, each) => Math.max(most, each), 0) + 1;
    return this.most;
  }

  /** How many frames the longest stack has, with the root. */
  get depth() {
    const depth = new Int32Array(this.count);
    let deepest = 1;
    for (let node = 1; node < this.count; node += 1) {
      depth[node] = depth[this.parent[node]] + 1;
      deepest = Math.max(deepest, depth[node] + 1);
    }
    return deepest;
  }

  /**
   * What a node and all below it hold.
   * @param {Float64Array} own
   */
  summed(own) {
    const total = own.slice();
    const { parent } = this;
    for (let node = this.count - 1; node > 0; node -= 1) total[parent[node]] += total[node];
    return total;
  }

  /**
   * Marks nodes above which nothing is of the same group, so that a function that calls itself counts once.
   * @param {string} name  of the grouping
   * @param {Int32Array} group  of each place
   * @param {number} groups
   */
  outermost(name, group, groups) {
    const known = this.firsts.get(name);
    if (known) return known;
    const isFirst = new Uint8Array(this.count);
    this.firsts.set(name, isFirst);
    if (this.origin) {
      // Modules are hidden as a whole, so that nothing of what remains has lost its like above it.
      const { tree, map } = this.origin;
      const before = tree.outermost(name, group, groups);
      for (let node = 0; node < before.length; node += 1) {
        if (before[node] === 1 && this.place[map[node]] === tree.place[node]) isFirst[map[node]] = 1;
      }
      return isFirst;
    }
    const { start, list } = this.children;
    const open = new Int32Array(groups);
    const [path, next] = [new Int32Array(this.count + 1), new Int32Array(this.count + 1)];
    let depth = 0;
    const enter = (/** @type {number} */ node) => {
      path[depth] = node;
      next[depth] = start[node];
      depth += 1;
      const mine = group[this.place[node]];
      if (mine >= 0 && open[mine]++ === 0) isFirst[node] = 1;
    };
    if (this.count > 0) enter(0);
    while (depth > 0) {
      const node = path[depth - 1];
      if (next[depth - 1] < start[node + 1]) {
        enter(list[next[depth - 1]++]);
      } else {
        depth -= 1;
        const mine = group[this.place[node]];
        if (mine >= 0) open[mine] -= 1;
      }
    }
    return isFirst;
  }

  /**
   * The tree without some places: what they hold counts with their callers.
   * @param {Uint8Array} isHidden  by place
   * @returns {{tree: CallTree, map: Int32Array}}  the map says where each node's amounts go
   */
  without(isHidden) {
    const map = new Int32Array(this.count);
    const [parents, places] = [new Int32Array(this.count), new Int32Array(this.count)];
    let count = 1;
    if (this.count > 0) places[0] = this.place[0];
    // Nodes of the new tree, found by the node above and the place.
    const mask = 2 ** Math.ceil(Math.log2(this.count * 2 + 2)) - 1;
    const slots = new Int32Array(mask + 1);
    for (let node = 1; node < this.count; node += 1) {
      const above = map[this.parent[node]];
      const place = this.place[node];
      if (isHidden[place]) {
        map[node] = above;
        continue;
      }
      // Two that stood below hidden ones may be one now.
      let slot = (Math.imul(above, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b)) & mask;
      let found = slots[slot];
      while (found > 0 && (parents[found] !== above || places[found] !== place)) {
        slot = (slot + 1) & mask;
        found = slots[slot];
      }
      if (found === 0) {
        found = count;
        parents[count] = above;
        places[count] = place;
        slots[slot] = count;
        count += 1;
      }
      map[node] = found;
    }
    const tree = new CallTree(
      parents.subarray(0, count), places.subarray(0, count), { tree: this, map });
    return { tree, map };
  }

  /**
   * The nodes from below the root down to one.
   * @param {number} node
   */
  pathTo(node) {
    const path = [];
    for (let each = node; each > 0; each = this.parent[each]) path.push(each);
    return path.reverse();
  }
}

/**
 * Numbers by what they have: those that have `n` are `list` from `start[n]` up to `start[n + 1]`.
 * @param {Int32Array} of  of each number
 * @param {number} first  of the numbers
 * @param {number} count  of what they can have
 */
function listed(of, first, count) {
  const start = new Int32Array(count + 1);
  for (let each = first; each < of.length; each += 1) start[of[each] + 1] += 1;
  for (let each = 0; each < count; each += 1) start[each + 1] += start[each];
  const next = start.slice();
  const list = new Int32Array(Math.max(0, of.length - first));
  for (let each = first; each < of.length; each += 1) list[next[of[each]]++] = each;
  return { start, list };
}
