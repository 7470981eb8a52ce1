// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The picture of the curves, on a canvas.

const LEFT = 64;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 24;

/**
 * A colour of the style sheet, which knows whether the page is light or dark.
 * @param {string} name
 */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--pl-${name}`).trim();
}

/**
 * A canvas as large as its element, in the device's own pixels.
 * @param {HTMLCanvasElement} canvas
 */
function prepared(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, sans-serif";
  return { context, width, height };
}

class Chart {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLCanvasElement} overlay  over the other, for what follows the mouse
   * @param {State} state
   */
  constructor(canvas, overlay, state) {
    this.canvas = canvas;
    this.overlay = overlay;
    this.state = state;
    /** The stretch that the mouse is drawing, in pixels. @type {[number, number] | null} */
    this.brush = null;
    /** Where an amount of memory is, in pixels from above. @type {(mib: number) => number} */
    this.y = () => 0;
    state.listeners.push(() => this.draw());
    state.followers.push(() => this.drawOverlay());
  }

  /** @param {number} time */
  x(time) {
    const [from, to] = this.state.window;
    return LEFT + ((time - from) / (to - from)) * (this.canvas.clientWidth - LEFT - RIGHT);
  }

  /** @param {number} x */
  time(x) {
    const [from, to] = this.state.window;
    return from + ((x - LEFT) / (this.canvas.clientWidth - LEFT - RIGHT)) * (to - from);
  }

  draw() {
    const { context, width, height } = prepared(this.canvas);
    const columns = this.state.isStacked ? this.stacks(width) : [];
    const [low, high] = this.range(columns);
    const y = (/** @type {number} */ mib) =>
      height - BOTTOM - ((mib - low) / (high - low)) * (height - TOP - BOTTOM);
    this.y = y;
    this.drawAxes(context, width, height, low, high, y);
    context.save();
    context.beginPath();
    context.rect(LEFT, TOP - 6, width - LEFT - RIGHT, height - TOP - BOTTOM + 7);
    context.clip();
    if (this.state.isStacked) this.drawStacks(context, columns, y);
    this.drawCurves(context, y);
    this.drawPeaks(context, y);
    context.restore();
  }

  /** What follows the mouse. */
  drawOverlay() {
    const { context, height } = prepared(this.overlay);
    if (this.brush) {
      context.fillStyle = color("c0");
      context.globalAlpha = 0.15;
      context.fillRect(this.brush[0], 0, this.brush[1] - this.brush[0], height - BOTTOM);
      context.globalAlpha = 1;
    }
    this.drawCursor(context, height, this.y);
  }

  /**
   * What the axis of memory shows.
   * @param {Stack[]} columns
   * @returns {[number, number]}
   */
  range(columns) {
    const [from, to] = this.state.window;
    let [low, high] = [Infinity, 0];
    for (const curve of this.state.shown) {
      const { times, amounts } = curve;
      if (times.length === 0 || times[0] > to || times[times.length - 1] < from) continue;
      // Where the line comes in and goes out, and all between.
      const edges = [];
      if (times[0] < from) edges.push(between(curve, from));
      if (times[times.length - 1] > to) edges.push(between(curve, to));
      low = Math.min(low, ...edges);
      high = Math.max(high, ...edges);
      for (let place = placeOf(times, from); place < times.length && times[place] <= to; place += 1) {
        low = Math.min(low, amounts[place]);
        high = Math.max(high, amounts[place]);
      }
    }
    for (const column of columns) high = Math.max(high, column.heights.at(-1) ?? 0);
    if (this.state.isFromZero || this.state.isStacked || !(low < high)) low = 0;
    const room = (high - low) * 0.04 || 1;
    return [low > 0 ? low - room : 0, high + room];
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {number} low
   * @param {number} high
   * @param {(mib: number) => number} y
   */
  drawAxes(context, width, height, low, high, y) {
    const memory = memoryAxis(low, high, Math.max(2, height / 60));
    const [from, to] = this.state.window;
    const times = timeAxis(from, to, Math.max(2, (width - LEFT) / 110));
    context.strokeStyle = color("rule");
    context.fillStyle = color("quiet");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of memory.ticks) {
      const at = Math.round(y(tick.value)) + 0.5;
      context.beginPath();
      context.moveTo(LEFT, at);
      context.lineTo(width - RIGHT, at);
      context.stroke();
      context.fillText(tick.text, LEFT - 8, at);
    }
    context.textBaseline = "alphabetic";
    context.fillText(memory.unit, LEFT - 8, 10);
    context.textAlign = "center";
    for (const [index, tick] of times.ticks.entries()) {
      const at = Math.round(this.x(tick.value)) + 0.5;
      context.beginPath();
      context.moveTo(at, height - BOTTOM);
      context.lineTo(at, height - BOTTOM + 4);
      context.stroke();
      const unit = index === times.ticks.length - 1 ? ` ${times.unit}` : "";
      context.fillText(tick.text + unit, Math.min(at, width - 24), height - 6);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(mib: number) => number} y
   */
  drawCurves(context, y) {
    const { state } = this;
    const lines = state.isStacked
      ? state.shown.filter((curve) => !curve.isChild && curve.run.includesChildren)
      : [...state.shown].reverse();
    for (const curve of lines) {
      context.strokeStyle = color(`c${curve.color % COLORS}`);
      context.lineWidth = curve.isChild ? 1.2 : 1.8;
      context.lineJoin = "round";
      const path = this.path(curve, y);
      context.stroke(path.line);
      // A lone sample is no line.
      if (path.lone) {
        context.fillStyle = context.strokeStyle;
        context.beginPath();
        context.arc(path.lone[0], path.lone[1], 2.5, 0, 2 * Math.PI);
        context.fill();
      }
      if (!curve.isChild && state.plot.runs.length === 1 && !state.isStacked && path.area) {
        context.fillStyle = context.strokeStyle;
        context.globalAlpha = 0.1;
        context.fill(path.area);
        context.globalAlpha = 1;
      }
      const { slope } = curve.run;
      if (slope && !curve.isChild) {
        context.setLineDash([6, 4]);
        context.beginPath();
        const [from, to] = state.window;
        context.moveTo(this.x(from), y(slope.offset + slope.perSecond * from));
        context.lineTo(this.x(to), y(slope.offset + slope.perSecond * to));
        context.stroke();
        context.setLineDash([]);
      }
    }
  }

  /**
   * @param {Curve} curve
   * @param {(mib: number) => number} y
   */
  path(curve, y) {
    const line = new Path2D();
    const [from, to] = this.state.window;
    const { times, amounts } = curve;
    const start = Math.max(0, placeOf(times, from) - 1);
    /** @type {[number, number] | null} */
    let lone = null;
    let place = start;
    for (; place < times.length; place += 1) {
      const [across, up] = [this.x(times[place]), y(amounts[place])];
      lone = place === start ? [across, up] : null;
      if (place === start) line.moveTo(across, up);
      else line.lineTo(across, up);
      if (times[place] > to) break;
    }
    if (place === start || lone) return { line, area: null, lone };
    const area = new Path2D(line);
    area.lineTo(this.x(times[Math.min(place, times.length - 1)]), y(0) + 4000);
    area.lineTo(this.x(times[start]), y(0) + 4000);
    return { line, area, lone: null };
  }

  /**
   * @typedef {{x: number, heights: number[]}} Stack
   * The tops of the curves that are stacked, the lowest first, at one column of pixels.
   */

  /** The curves that are put on one another. */
  get stacked() {
    return this.state.shown.filter((curve) => curve.isChild || !curve.run.includesChildren);
  }

  /**
   * @param {number} width
   * @returns {Stack[]}
   */
  stacks(width) {
    const curves = this.stacked;
    const columns = [];
    for (let x = LEFT; x <= width - RIGHT; x += 1) {
      const moment = highestTogether(curves, this.time(x), this.time(x + 1));
      let sum = 0;
      columns.push({ x, heights: curves.map((curve) => (sum += between(curve, moment))) });
    }
    return columns;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Stack[]} columns
   * @param {(mib: number) => number} y
   */
  drawStacks(context, columns, y) {
    for (const [index, curve] of this.stacked.entries()) {
      context.beginPath();
      for (const column of columns) context.lineTo(column.x, y(column.heights[index]));
      for (const column of [...columns].reverse()) {
        context.lineTo(column.x, y(index > 0 ? column.heights[index - 1] : 0));
      }
      context.fillStyle = color(`c${curve.color % COLORS}`);
      context.globalAlpha = 0.75;
      context.fill();
      context.globalAlpha = 1;
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {(mib: number) => number} y
   */
  drawPeaks(context, y) {
    if (this.state.isStacked) return;
    for (const run of this.state.plot.runs) {
      if (!run.curves[0].isShown) continue;
      context.strokeStyle = color("peak");
      context.lineWidth = 1.8;
      context.beginPath();
      context.arc(this.x(run.peak.time), y(run.peak.mib), 4.5, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} height
   * @param {(mib: number) => number} y
   */
  drawCursor(context, height, y) {
    const { cursor, shown, window: stretch } = this.state;
    if (cursor === null || cursor < stretch[0] || cursor > stretch[1]) return;
    context.strokeStyle = color("quiet");
    context.lineWidth = 1;
    const at = Math.round(this.x(cursor)) + 0.5;
    context.beginPath();
    context.moveTo(at, TOP - 6);
    context.lineTo(at, height - BOTTOM);
    context.stroke();
    if (this.state.isStacked) return;
    for (const curve of shown) {
      const place = nearest(curve, cursor, (stretch[1] - stretch[0]) / 100);
      if (place < 0) continue;
      context.fillStyle = color(`c${curve.color % COLORS}`);
      context.beginPath();
      context.arc(this.x(curve.times[place]), y(curve.amounts[place]), 3, 0, 2 * Math.PI);
      context.fill();
    }
  }
}
