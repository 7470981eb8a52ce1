// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What is shown of the plot at present, and telling everybody who draws when that changes.

class State {
  /** @param {Plot} plot */
  constructor(plot) {
    this.plot = plot;
    this.curves = plot.runs.flatMap((run) => run.curves);
    const length = Math.max(...plot.runs.map((run) => run.end), plot.window[1]);
    /** All there is, in seconds. @type {[number, number]} */
    this.whole = plot.isWindow ? [...plot.window] : [0, length];
    /** What is shown of it. @type {[number, number]} */
    this.window = [...this.whole];
    /** The moment that is pointed at. @type {number | null} */
    this.cursor = null;
    this.isStacked = false;
    /** Whether the axis of memory begins at nothing. */
    this.isFromZero = true;
    /** Who draws what is shown. @type {(() => void)[]} */
    this.listeners = [];
    /** Who draws what is pointed at only. @type {(() => void)[]} */
    this.followers = [];
    this.isWaiting = false;
    this.isStale = false;
  }

  /** Draws all at the next frame, once, whatever has changed until then. */
  changed() {
    this.isStale = true;
    this.moved();
  }

  /** The same of what is pointed at, which is cheap. */
  moved() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      if (this.isStale) for (const listener of this.listeners) listener();
      this.isStale = false;
      for (const follower of this.followers) follower();
    });
  }

  /**
   * Shows a stretch, at most all there is and at least a ten-thousandth of a second.
   * @param {number} from
   * @param {number} to
   */
  show(from, to) {
    const [first, last] = this.whole;
    const length = Math.min(Math.max(to - from, 1e-4), last - first);
    const start = Math.min(Math.max(from, first), last - length);
    this.window = [start, start + length];
    this.changed();
  }

  /**
   * Makes the stretch so many times as long, around a moment that stays where it is.
   * @param {number} factor
   * @param {number} around
   */
  zoom(factor, around) {
    const [from, to] = this.window;
    this.show(around - (around - from) * factor, around + (to - around) * factor);
  }

  showAll() {
    this.show(...this.whole);
  }

  /** @param {number | null} time */
  pointAt(time) {
    this.cursor = time === null ? null : Math.min(Math.max(time, this.window[0]), this.window[1]);
    this.moved();
  }

  get shown() {
    return this.curves.filter((curve) => curve.isShown);
  }

  get isZoomed() {
    return this.window[0] > this.whole[0] || this.window[1] < this.whole[1];
  }
}
