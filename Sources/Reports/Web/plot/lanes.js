// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// When functions ran: a lane for each name, or for each level of the stack.

const LANE = 20;

class Lanes {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {State} state
   * @param {Chart} chart
   */
  constructor(canvas, state, chart) {
    this.canvas = canvas;
    this.state = state;
    this.chart = chart;
    const run = state.plot.runs.length === 1 ? state.plot.runs[0] : null;
    /** @type {{name: string, spans: Span[]}[]} */
    this.lanes = run ? lanesOf(run.spans, state.plot.isFlame) : [];
    canvas.style.height = `${this.lanes.length * LANE + 4}px`;
    canvas.hidden = this.lanes.length === 0;
    state.listeners.push(() => this.draw());
  }

  draw() {
    if (this.canvas.hidden) return;
    const { context, width } = prepared(this.canvas);
    const { isFlame } = this.state.plot;
    for (const [row, lane] of this.lanes.entries()) {
      const top = row * LANE;
      context.save();
      context.beginPath();
      context.rect(LEFT, top, width - LEFT - RIGHT, LANE);
      context.clip();
      for (const span of lane.spans) this.drawSpan(context, span, top, isFlame);
      context.restore();
      if (isFlame) continue;
      context.fillStyle = color("text");
      context.textBaseline = "middle";
      context.textAlign = "left";
      // Over the bars, on the page's colour, so that a long name is read in any case.
      const text = fitted(context, lane.name, width - LEFT - RIGHT - 8);
      context.lineWidth = 3;
      context.strokeStyle = color("page");
      context.strokeText(text, LEFT + 4, top + 9);
      context.fillText(text, LEFT + 4, top + 9);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Span} span
   * @param {number} top
   * @param {boolean} isFlame
   */
  drawSpan(context, span, top, isFlame) {
    const from = this.chart.x(span.start);
    const width = Math.max(this.chart.x(span.end) - from, 2);
    context.fillStyle = color("c5");
    context.strokeStyle = color("c5");
    context.globalAlpha = isFlame ? 0.4 : 1;
    if (span.end === span.start) {
      context.fillRect(from - 1, top + 1, 2, LANE - 2);
    } else {
      context.fillRect(from, top + (isFlame ? 1 : 15), width, isFlame ? LANE - 2 : 4);
    }
    context.globalAlpha = 1;
    if (isFlame && span.end > span.start) {
      context.strokeRect(from + 0.5, top + 1.5, Math.max(width - 1, 1), LANE - 3);
    }
    if (!isFlame || width < 24) return;
    context.fillStyle = color("text");
    context.textBaseline = "middle";
    context.textAlign = "left";
    const left = Math.max(from, LEFT) + 4;
    context.fillText(fitted(context, span.name, from + width - left - 4), left, top + LANE / 2);
  }
}

/**
 * @param {Span[]} spans
 * @param {boolean} isFlame
 */
function lanesOf(spans, isFlame) {
  /** @type {Map<string | number, {name: string, spans: Span[]}>} */
  const lanes = new Map();
  for (const span of spans) {
    const key = isFlame ? Math.min(span.level, 31) : span.name;
    if (!lanes.has(key)) lanes.set(key, { name: isFlame ? "" : span.name, spans: [] });
    lanes.get(key)?.spans.push(span);
  }
  const all = [...lanes.entries()];
  if (isFlame) return all.sort(([a], [b]) => Number(a) - Number(b)).map(([, lane]) => lane);
  if (all.length <= 24) return all.map(([, lane]) => lane);
  const length = (/** @type {{spans: Span[]}} */ lane) =>
    lane.spans.reduce((sum, span) => sum + span.end - span.start, 0);
  const kept = new Set(all.map(([, lane]) => lane).sort((a, b) => length(b) - length(a)).slice(0, 24));
  return all.map(([, lane]) => lane).filter((lane) => kept.has(lane));
}

/**
 * As much of a text as fits.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  let cut = [...text];
  while (cut.length > 0 && context.measureText(`${cut.join("")}…`).width > width) {
    cut = cut.slice(0, Math.min(cut.length - 1, Math.floor(cut.length * 0.9)));
  }
  return cut.length > 0 ? `${cut.join("")}…` : "";
}
