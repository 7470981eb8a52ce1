// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What there is at the moment that is pointed at, in words beside it; screen readers hear it too.

const MOST_LINES = 12;

class Readout {
  /**
   * @param {HTMLElement} box
   * @param {State} state
   * @param {Chart} chart
   */
  constructor(box, state, chart) {
    this.box = box;
    this.state = state;
    this.chart = chart;
    state.followers.push(() => this.update());
  }

  update() {
    const { cursor, window: stretch, plot } = this.state;
    this.box.hidden = cursor === null;
    if (cursor === null) return;
    const slack = (stretch[1] - stretch[0]) / 100;
    const step = (stretch[1] - stretch[0]) / 1000;
    const found = this.state.shown
      .map((curve) => ({ curve, place: nearest(curve, cursor, slack) }))
      .filter(({ place }) => place >= 0)
      .sort((a, b) => b.curve.amounts[b.place] - a.curve.amounts[a.place]);
    const rows = [element("div", momentText(cursor, step), "moment")];
    for (const { curve, place } of found.slice(0, MOST_LINES)) {
      const row = element("div", "", "row");
      row.append(swatch(curve.color), element("span", curve.name, "name"));
      // The sample's own time, where that is another.
      const away = Math.abs(curve.times[place] - cursor);
      const when = away > slack / 4 ? ` at ${momentText(curve.times[place], step)}` : "";
      row.append(element("span", memoryText(curve.amounts[place]) + when, "amount"));
      rows.push(row);
    }
    if (this.state.isStacked && found.length > 1) {
      const row = element("div", "", "row");
      const sum = this.chart.stacked.reduce((total, curve) => total + between(curve, cursor), 0);
      row.append(element("span", "together", "name"), element("span", memoryText(sum), "amount"));
      rows.push(row);
    }
    if (found.length > MOST_LINES) {
      rows.push(element("div", `and ${found.length - MOST_LINES} more`, "quiet"));
    }
    const spans = plot.runs.length === 1 ? plot.runs[0].spans : [];
    const here = spans.filter((span) => span.start - step <= cursor && cursor <= span.end + step);
    for (const span of here.slice(0, MOST_LINES)) {
      const change = span.after - span.before;
      const length = momentText(span.end - span.start, (span.end - span.start) / 100 || 1e-4);
      const sign = change < 0 ? "−" : "+";
      const row = element("div", "", "row");
      row.append(element("span", span.name, "name"));
      const about =
        span.end > span.start ? `${length}, ${sign}${memoryText(Math.abs(change))}` : "mark";
      row.append(element("span", about, "amount"));
      rows.push(row);
    }
    this.box.replaceChildren(...rows);
    this.place(cursor);
  }

  /** @param {number} time */
  place(time) {
    const x = this.chart.x(time);
    const { clientWidth } = this.chart.canvas;
    const { offsetWidth } = this.box;
    const isLeft = x + offsetWidth + 16 > clientWidth;
    this.box.style.left = `${Math.max(0, isLeft ? x - offsetWidth - 12 : x + 12)}px`;
  }
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} kind
 */
function element(tag, text, kind = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

/** @param {number} number */
function swatch(number) {
  const made = element("span", "", "swatch");
  made.style.background = `var(--pl-c${number % COLORS})`;
  made.setAttribute("aria-hidden", "true");
  return made;
}
