// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// When what is drawn: what is in sight at the next frame, everything else after it.

/**
 * @typedef {{draw: () => void, area: HTMLElement | null, isInSight: boolean, isLate: boolean}} View
 */

class Views {
  constructor() {
    /** @type {View[]} */
    this.all = [];
    /**
     * What is still to be done for the picture that is shown, a piece at a time.
     * @type {(() => void)[]}
     */
    this.rest = [];
    this.isWaiting = false;
    this.isWorking = false;
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        for (const view of this.all) {
          if (view.area !== target) continue;
          view.isInSight = isIntersecting;
          if (isIntersecting && view.isLate) this.draw(view);
        }
      }
    }, { rootMargin: "80px" });
  }

  /**
   * @param {() => void} draw
   * @param {HTMLElement | null} area  in which it draws; nothing for what is to be there at once
   */
  add(draw, area = null) {
    const isInSight = area === null || area.getBoundingClientRect().top < innerHeight;
    this.all.push({ draw, area, isInSight, isLate: true });
    if (area) this.observer.observe(area);
  }

  /** Draws at the next frame, once, whatever else has changed until then. */
  change() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.show();
    });
  }

  /** Draws what is in sight; the others follow. */
  show() {
    this.rest = [];
    for (const view of this.all) {
      view.isLate = true;
      if (view.isInSight) this.draw(view);
    }
    for (const view of this.all) {
      if (view.isLate) this.later(() => this.draw(view));
    }
  }

  /** Draws everything, as for paper. */
  showAll() {
    this.show();
    while (this.rest.length > 0) this.rest.shift()?.();
  }

  /** @param {View} view */
  draw(view) {
    if (!view.isLate) return;
    view.isLate = false;
    view.draw();
  }

  /**
   * Does something after the frame, unless there is another change before.
   * @param {() => void} work
   */
  later(work) {
    this.rest.push(work);
    if (this.isWorking) return;
    this.isWorking = true;
    const step = () => {
      this.rest.shift()?.();
      if (this.rest.length > 0) setTimeout(step);
      else this.isWorking = false;
    };
    // The first of them when the frame is painted.
    requestAnimationFrame(() => setTimeout(step));
  }
}
