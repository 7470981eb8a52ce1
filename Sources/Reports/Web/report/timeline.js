// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Usage over time: what was counted as a line, and below it who held it.

const EDGE = { left: 62, right: 14, top: 22, bottom: 22 };
const BAND_COLORS = 8;

/**
 * @typedef {{label: string, process: number, color: number, peak: number, ending: string,
 *   place: number}} Band
 */

class Timeline {
  /**
   * @param {Shown} shown
   * @param {Shades} shades
   */
  constructor(shown, shades) {
    this.shown = shown;
    this.shades = shades;
    this.area = byId("timeline");
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("timeline-canvas"));
    this.overlay = /** @type {HTMLCanvasElement} */ (byId("timeline-overlay"));
    /**
     * The moment that is pointed at.
     * @type {number | null}
     */
    this.cursor = null;
    /** @type {Band[]} */
    this.bands = [];
    this.makeBands();
    this.hasResident = shown.report.momentResident.some((bytes) => bytes > 0);
    this.highest = 1;
    /**
     * Where the bands are known.
     * @type {Float64Array}
     */
    this.grid = new Float64Array();
    /**
     * What was in use, and in the recording before, as milliseconds and bytes.
     * @type {[number, number][]}
     */
    this.line = [];
    /** @type {[number, number][]} */
    this.lineBefore = [];
    /** @type {Float64Array[]} */
    this.sums = [];
    this.drawn = "";
    /** Of the picture, in dots. */
    this.width = this.height = 0;
    shown.views.add(() => this.draw(), this.area);
  }

  /** Who is told apart: processes where there are several, else threads; the small ones together. */
  makeBands() {
    const { report } = this.shown;
    const { processes, threads } = report.head;
    const isByProcess = processes.length > 1;
    const ids = isByProcess ? report.counterProcess : report.counterThread;
    const count = isByProcess ? processes.length : threads.length;
    const { holdings } = this.shown.figuring;
    const size = holdings.highest(ids, Math.max(1, count));
    const owners = Array.from(size, (_, id) => (isByProcess ? id : threads[id]?.process ?? 0));
    const order = Array.from(size.keys()).sort((a, b) => size[b] - size[a]);
    const used = order.filter((id) => size[id] > 0 || isByProcess);
    const alone = used.length > BAND_COLORS ? used.slice(0, BAND_COLORS - 1) : used;
    const others = used.slice(alone.length);
    const bandOf = new Int32Array(size.length);
    const kind = isByProcess ? Kind.process : Kind.thread;
    const placeOf = (/** @type {number} */ id) =>
      report.kind.findIndex((each, place) => each === kind && report.line[place] === id);
    for (const [color, id] of alone.entries()) {
      bandOf[id] = color;
      this.bands.push({
        label: isByProcess ? processes[id].label : threads[id]?.label || "No thread",
        process: isByProcess ? id : threads[id]?.process ?? 0,
        color,
        peak: isByProcess ? processes[id].peak : size[id],
        ending: isByProcess ? processes[id].ending : "",
        place: placeOf(id),
      });
    }
    if (others.length > 0) {
      for (const id of others) bandOf[id] = alone.length;
      const peak = holdings.highest(ids.map((id) => bandOf[id]), alone.length + 1)[alone.length];
      this.bands.push({
        label: `${countText(others.length)} others`,
        process: -1,
        color: alone.length,
        peak,
        ending: "",
        place: -1,
      });
    }
    this.bandById = bandOf;
    this.courses = new Courses(holdings, ids, owners);
  }

  /** @param {number} ms */
  x(ms) {
    const [from, to] = this.shown.range;
    return EDGE.left + ((ms - from) / (to - from)) * (this.width - EDGE.left - EDGE.right);
  }

  /** @param {number} x */
  ms(x) {
    const [from, to] = this.shown.range;
    const share = (x - EDGE.left) / (this.width - EDGE.left - EDGE.right);
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  }

  /** @param {number} bytes */
  y(bytes) {
    const { height } = this;
    return height - EDGE.bottom - (bytes / this.highest) * (height - EDGE.top - EDGE.bottom);
  }

  draw() {
    const { range } = this.shown;
    ({ clientWidth: this.width, clientHeight: this.height } = this.canvas);
    const key = `${range} ${this.width} ${this.height} ${devicePixelRatio} ${this.shades.css("pl-page")}`;
    if (key !== this.drawn) {
      this.drawn = key;
      this.measure();
      this.drawPicture();
    }
    this.drawOverlay();
  }

  /** What is to be drawn, for each column of dots. */
  measure() {
    const { report, range } = this.shown;
    const [from, to] = range;
    const columns = Math.max(1, Math.floor(this.width - EDGE.left - EDGE.right));
    const { ms } = report.moments;
    const first = Math.max(0, placeAfter(ms, from) - 1);
    const last = Math.min(ms.length - 1, placeAfter(ms, to));
    const step = Math.max(1, report.head.step);
    this.line = last - first > columns
      ? crowdedLine(report.moments, first, last, (to - from) / columns)
      : usageLine(report.moments, first, last, step);
    const before = report.head.before?.moments;
    this.lineBefore = before ? usageLine(before, 0, before.ms.length - 1, step) : [];
    // Between moments that lie far apart the bands are known better.
    const grid = columns > this.line.length * 2
      ? Float64Array.from({ length: columns + 1 }, (_, each) => from + (each / columns) * (to - from))
      : Float64Array.from(this.line, ([ms]) => ms);
    this.grid = grid;
    this.sums = this.bandsAt(grid);
    let highest = Math.max(0, report.head.before?.peak.bytes ?? 0);
    for (const [, bytes] of this.line) highest = Math.max(highest, bytes);
    for (const [, bytes] of this.lineBefore) highest = Math.max(highest, bytes);
    for (let each = 0; each < grid.length; each += 1) {
      const sum = this.sums.reduce((all, band) => all + band[each], report.head.baseline);
      highest = Math.max(highest, sum);
    }
    const { peak } = report.head;
    if (peak.ms >= from && peak.ms <= to) highest = Math.max(highest, peak.bytes);
    // What is resident is shown as far as it leaves room for what is in use.
    const resident = report.momentResident.reduce((high, each) => Math.max(high, each), 0);
    if (resident <= highest * 1.6) highest = Math.max(highest, resident);
    this.highest = highest * 1.12 || 1;
  }

  /** @param {ArrayLike<number>} moments */
  bandsAt(moments) {
    const { courses, bandById } = this;
    const sums = this.bands.map(() => new Float64Array(moments.length));
    if (!courses || !bandById) return sums;
    for (const [id, band] of courses.at(moments).entries()) {
      const sum = sums[bandById[id]];
      if (sum) for (let each = 0; each < band.length; each += 1) sum[each] += band[each];
    }
    return sums;
  }

  drawPicture() {
    const { context, width, height } = blank(this.canvas);
    if (this.line.length === 0) {
      context.textAlign = "center";
      context.fillStyle = this.shades.css("rp-quiet");
      context.fillText("No usage was recorded.", width / 2, height / 2);
      return;
    }
    this.drawAxes(context, width, height);
    context.save();
    context.beginPath();
    context.rect(EDGE.left, 0, width - EDGE.left - EDGE.right, height - EDGE.bottom);
    context.clip();
    this.drawBands(context);
    this.drawUsage(context);
    this.drawBefore(context);
    context.restore();
    this.drawMarks(context, width, height);
    const { peak, before } = this.shown.report.head;
    this.drawPeak(context, width, peak, "Peak", "pl-peak");
    // Where both are one, there is nothing to tell.
    const across = before ? this.x(before.peak.ms) - this.x(peak.ms) : 0;
    const down = before ? this.y(before.peak.bytes) - this.y(peak.bytes) : 0;
    if (before && (Math.abs(across) > 120 || Math.abs(down) > 20)) this.drawPeak(context, width, before.peak, "Before", "rp-quiet");
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  drawAxes(context, width, height) {
    context.strokeStyle = this.shades.css("pl-rule");
    context.fillStyle = this.shades.css("pl-quiet");
    context.font = "11.5px system-ui, -apple-system, 'Segoe UI', sans-serif";
    context.lineWidth = 1;
    context.textAlign = "right";
    for (const { value, text } of sizeTicks(this.highest, Math.max(2, (height - 44) / 42))) {
      const y = Math.round(this.y(value)) + 0.5;
      context.beginPath();
      context.moveTo(EDGE.left, y);
      context.lineTo(width - EDGE.right, y);
      context.stroke();
      context.fillText(text, EDGE.left - 8, y);
    }
    context.textAlign = "center";
    const [from, to] = this.shown.range;
    for (const { value, text } of timeTicks(from, to, Math.max(2, (width - 76) / 110))) {
      const x = Math.round(this.x(value)) + 0.5;
      context.beginPath();
      context.moveTo(x, height - EDGE.bottom);
      context.lineTo(x, height - EDGE.bottom + 4);
      context.stroke();
      const room = context.measureText(text).width / 2;
      context.fillText(text, Math.min(x, width - room - 2), height - 9);
    }
  }

  /** @param {CanvasRenderingContext2D} context */
  drawBands(context) {
    const { grid } = this;
    // What was there before is below all of it.
    const { baseline } = this.shown.report.head;
    const below = new Float64Array(grid.length).fill(baseline);
    if (baseline > 0 && grid.length > 0) {
      context.fillStyle = this.shades.css("pl-quiet");
      context.globalAlpha = 0.3;
      const [from, to] = [this.x(grid[0]), this.x(grid[grid.length - 1])];
      context.fillRect(from, this.y(baseline), to - from, this.y(0) - this.y(baseline));
    }
    const isAlone = this.bands.length < 2;
    for (const [index, band] of this.bands.entries()) {
      const sum = this.sums[index];
      context.beginPath();
      for (let each = 0; each < grid.length; each += 1) {
        const y = this.y(below[each] + sum[each]);
        if (each > 0) context.lineTo(this.x(grid[each]), this.y(below[each - 1] + sum[each - 1]));
        context.lineTo(this.x(grid[each]), y);
      }
      for (let each = grid.length - 1; each >= 0; each -= 1) {
        context.lineTo(this.x(grid[each]), this.y(below[each]));
        if (each > 0) context.lineTo(this.x(grid[each]), this.y(below[each - 1]));
      }
      context.closePath();
      context.fillStyle = this.shades.css(`pl-c${band.color}`);
      context.globalAlpha = isAlone ? 0.16 : 0.55;
      context.fill();
      for (let each = 0; each < grid.length; each += 1) below[each] += sum[each];
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context */
  drawUsage(context) {
    if (this.hasResident) this.drawResident(context, this.shown.report.momentResident);
    context.lineJoin = "round";
    context.lineWidth = 1.5;
    context.strokeStyle = this.shades.css(this.bands.length < 2 ? "pl-c0" : "pl-text");
    context.beginPath();
    for (const [ms, bytes] of this.line) context.lineTo(this.x(ms), this.y(bytes));
    context.stroke();
  }

  /**
   * What the kernel had given, where it fits into the picture.
   * @param {CanvasRenderingContext2D} context
   * @param {Float64Array} resident
   */
  drawResident(context, resident) {
    const { ms } = this.shown.report.moments;
    context.strokeStyle = this.shades.css("pl-quiet");
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.beginPath();
    let isOpen = false;
    let last = -2;
    for (let index = 0; index < ms.length; index += 1) {
      const x = this.x(ms[index]);
      if (resident[index] <= 0) isOpen = false;
      if (resident[index] <= 0 || x - last < 1) continue;
      last = x;
      if (isOpen) context.lineTo(x, this.y(resident[index]));
      else context.moveTo(x, this.y(resident[index]));
      isOpen = true;
    }
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * The first recording's line.
   * @param {CanvasRenderingContext2D} context
   */
  drawBefore(context) {
    if (this.lineBefore.length === 0) return;
    context.strokeStyle = this.shades.css("pl-quiet");
    context.lineWidth = 1.5;
    context.setLineDash([6, 4]);
    context.beginPath();
    for (const [ms, bytes] of this.lineBefore) context.lineTo(this.x(ms), this.y(bytes));
    context.stroke();
    context.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  drawMarks(context, width, height) {
    context.strokeStyle = this.shades.css("pl-quiet");
    context.fillStyle = this.shades.css("pl-quiet");
    context.textAlign = "left";
    context.font = "11.5px system-ui, -apple-system, 'Segoe UI', sans-serif";
    const { marks } = this.shown.report.head;
    let free = 0;
    for (const [index, { ms, until, text }] of marks.entries()) {
      const x = Math.round(this.x(ms)) + 0.5;
      const end = Math.min(this.x(until), width - EDGE.right);
      const begin = Math.max(x, EDGE.left);
      if (end > begin) context.fillRect(begin, 12, end - begin, 2);
      if (x < EDGE.left || x > width - EDGE.right) continue;
      context.setLineDash([1, 3]);
      context.beginPath();
      context.moveTo(x, 14);
      context.lineTo(x, height - EDGE.bottom);
      context.stroke();
      context.setLineDash([]);
      const next = marks[index + 1] ? this.x(marks[index + 1].ms) : width;
      const room = Math.min(next, width - EDGE.right) - x - 6;
      if (x < free || room < 24) continue;
      let words = isolated(text.slice(0, 80));
      while (words.length > 2 && context.measureText(words).width > room) words = `${words.slice(0, -2)}…`;
      if (words.length > 2) context.fillText(words, x + 4, 9);
      free = x + context.measureText(words).width;
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {Peak} peak
   * @param {string} name
   * @param {string} color
   */
  drawPeak(context, width, peak, name, color) {
    const [x, y] = [this.x(peak.ms), this.y(peak.bytes)];
    if (peak.bytes <= 0 || x < EDGE.left - 1 || x > width - EDGE.right + 1) return;
    context.fillStyle = this.shades.css("pl-page");
    context.strokeStyle = this.shades.css(color);
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    const words = `${name} ${sizeText(peak.bytes)}`;
    context.font = "600 12px system-ui, -apple-system, 'Segoe UI', sans-serif";
    const room = context.measureText(words).width;
    const isLeft = x + 4 + room > width - EDGE.right;
    context.textAlign = isLeft ? "right" : "left";
    context.fillStyle = this.shades.css(color);
    context.fillText(words, isLeft ? x + 3 : x - 3, Math.max(7, y - 13));
  }

  /** What is selected and pointed at. */
  drawOverlay() {
    const { context, width, height } = blank(this.overlay);
    const { time } = this.shown;
    const bottom = height - EDGE.bottom;
    context.save();
    context.beginPath();
    context.rect(EDGE.left - 1, 0, width - EDGE.left - EDGE.right + 2, height);
    context.clip();
    if (time) {
      const [from, to] = [this.x(time[0]), this.x(time[1])];
      context.fillStyle = this.shades.css("pl-c0");
      if (time[1] > time[0]) {
        context.globalAlpha = 0.14;
        context.fillRect(from, EDGE.top - 6, to - from, bottom - EDGE.top + 6);
        context.globalAlpha = 1;
        context.fillRect(from - 0.75, EDGE.top - 6, 1.5, bottom - EDGE.top + 6);
      }
      context.fillRect(to - 0.75, EDGE.top - 6, 1.5, bottom - EDGE.top + 6);
    }
    if (this.cursor !== null) {
      context.strokeStyle = this.shades.css("pl-quiet");
      context.lineWidth = 1;
      const x = Math.round(this.x(this.cursor)) + 0.5;
      context.beginPath();
      context.moveTo(x, EDGE.top - 6);
      context.lineTo(x, bottom);
      context.stroke();
    }
    context.restore();
  }

  /**
   * What was counted last before a moment.
   * @param {number} ms
   */
  usageAt(ms) {
    const { moments, momentResident } = this.shown.report;
    const index = momentAt(moments.ms, ms);
    return index < 0 ? null : { live: moments.live[index], resident: momentResident[index] ?? 0 };
  }
}

/**
 * What the recording before had in use, so long after it began; null where there is none.
 * @param {Report} report
 * @param {number} ms
 */
function usageBefore({ head }, ms) {
  const { before } = head;
  if (!before) return null;
  return ms > before.duration ? 0 : inUseAt(before.moments, ms) ?? 0;
}
