// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What is shown of the report, and telling everybody who draws when that changes.

const TABLE_ORDER = /** @type {const} */ ([
  "own", "total", "live", "allocated", "allocations", "line", "before", "after",
]);

class Shown {
  /** @param {Report} report */
  constructor(report) {
    this.report = report;
    this.figuring = new Figuring(report);
    this.grouped = new Grouped(report);
    /** @type {Measure} */
    this.measure = "peak";
    /**
     * The moment or the stretch that is looked at.
     * @type {Stretch | null}
     */
    this.time = null;
    /**
     * What the timeline shows.
     * @type {Stretch}
     */
    this.range = this.all;
    this.isInverted = false;
    /**
     * The places from below the root down to the frame that is zoomed into.
     * @type {number[]}
     */
    this.path = [];
    this.query = "";
    /**
     * The keys of modules that are not the program's own, where it has any of its own.
     * @type {Set<string>}
     */
    this.hiddenAtFirst = new Set(report.head.hidesLibraries ? report.libraries : []);
    /**
     * Modules whose bytes count with their callers.
     * @type {Set<string>}
     */
    this.hidden = this.hiddenAtFirst;
    /**
     * The line that is looked at before anybody has chosen one.
     * @type {number | null}
     */
    this.placeAtFirst = report.head.findings.find(({ place }) => place !== null)?.place ?? null;
    /**
     * The line that is looked at.
     * @type {number | null}
     */
    this.place = null;
    /**
     * The file whose text is shown.
     * @type {number | null}
     */
    this.file = null;
    /** @type {Grouping} */
    this.grouping = "line";
    /** @type {typeof TABLE_ORDER[number]} */
    this.order = "own";
    this.isRising = false;
    this.filter = "";
    this.views = new Views();
    /** @type {{tree: CallTree, map: Int32Array | null, key: string}} */
    this.whole = { tree: report.tree, map: null, key: "" };
    this.current = this.whole;
    /** @type {{key: string, isMatch: Uint8Array} | null} */
    this.matches = null;
    if (this.placeAtFirst !== null && !(this.placeAtFirst < report.placeCount)) this.placeAtFirst = null;
    this.choose(this.placeAtFirst);
  }

  /**
   * All there is of time; where two recordings are compared, of the longer one.
   * @returns {Stretch}
   */
  get all() {
    const { duration, before } = this.report.head;
    return [0, Math.max(1, duration, before?.duration ?? 0)];
  }

  get isZoomedInTime() {
    return this.range[0] > 0 || this.range[1] < this.all[1];
  }

  /**
   * Changes something; it is drawn at the next frame.
   * @param {Partial<Shown>} changes
   */
  set(changes) {
    Object.assign(this, changes);
    this.views.change();
  }

  /** @param {Stretch | null} time */
  lookAt(time) {
    if (!time) {
      this.set({ time: null, measure: this.measure === "moment" ? "peak" : this.measure });
      return;
    }
    const last = Math.max(1, this.report.head.duration);
    const [from, to] = time.map((ms) => Math.min(Math.max(Math.round(ms), 0), last));
    this.set({ time: [Math.min(from, to), Math.max(from, to)], measure: "moment" });
  }

  /**
   * Shows a stretch of the timeline: no more than there is, no less than some milliseconds.
   * @param {number} from
   * @param {number} to
   */
  showTime(from, to) {
    const [first, last] = this.all;
    const length = Math.min(Math.max(to - from, 4), last - first);
    const start = Math.min(Math.max(from, first), last - length);
    this.set({ range: [start, start + length] });
  }

  /** The tree without the modules that are hidden. */
  get shownTree() {
    const key = [...this.hidden].sort().join("\n");
    if (key === this.current.key) return this.current;
    if (!key) {
      this.current = this.whole;
      return this.current;
    }
    const { report } = this;
    const isHidden = new Uint8Array(report.placeCount);
    for (let place = 0; place < isHidden.length; place += 1) {
      if (report.kind[place] !== Kind.line) continue;
      if (this.hidden.has(report.modules[report.file[place]].key)) isHidden[place] = 1;
    }
    this.current = { ...report.tree.without(isHidden), key };
    return this.current;
  }

  get figures() {
    return this.figuring.of(this.measure, this.time, this.shownTree);
  }

  /** The search as a regular expression; null where there is none, or it is not one. */
  get pattern() {
    if (!this.query) return null;
    try {
      return new RegExp(this.query, "iu");
    } catch {
      return null;
    }
  }

  /** By place, whether the search finds it; null where nothing is searched. */
  get isMatch() {
    const { pattern, report } = this;
    if (!pattern) return null;
    if (this.matches?.key === this.query) return this.matches.isMatch;
    const isMatch = new Uint8Array(report.placeCount);
    for (let place = 1; place < isMatch.length; place += 1) {
      const path = report.head.files[report.file[place]] ?? "";
      if (pattern.test(report.label(place)) || pattern.test(path)) isMatch[place] = 1;
    }
    this.matches = { key: this.query, isMatch };
    return isMatch;
  }

  /** What the frames hold that the search finds, each byte once. */
  get found() {
    const { isMatch, figures } = this;
    if (!isMatch) return null;
    const { tree } = this.shownTree;
    const isUnder = new Uint8Array(tree.count);
    let [weight, value, frames] = [0, 0, 0];
    for (let node = 1; node < tree.count; node += 1) {
      const isAbove = isUnder[tree.parent[node]];
      const isHere = isMatch[tree.place[node]];
      isUnder[node] = isAbove | isHere;
      if (isHere && figures.weight[node] > 0) frames += 1;
      if (isHere && !isAbove) {
        weight += figures.weight[node];
        value += figures.value[node];
      }
    }
    return { weight, value, frames };
  }

  /**
   * Looks at a line: in the table, in its file, and with its stacks.
   * @param {number | null} place
   */
  choose(place) {
    const { report } = this;
    if (place === null || report.kind[place] !== Kind.line) this.set({ place });
    else this.set({ place, file: report.file[place] });
  }
}
