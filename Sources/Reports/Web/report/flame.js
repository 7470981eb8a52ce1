// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The flame graph: what calls what, as wide as what it holds, from the root downwards.

/**
 * @typedef {{frame: Frame, x: number, width: number}} Box
 */

const ROW = 21;

/** Pixels; what is narrower is not drawn. */
const NARROWEST = 0.6;

/** What the search and the zoom make of a frame. */
const ROLES = ["", "found", "missed", "above"];

class Flame {
  /**
   * @param {Shown} shown
   * @param {Shades} shades
   */
  constructor(shown, shades) {
    this.shown = shown;
    this.shades = shades;
    this.area = byId("flame");
    this.canvas = /** @type {HTMLCanvasElement} */ (byId("flame-canvas"));
    this.tall = byId("flame-tall");
    /** @type {{key: string, frames: Frames} | null} */
    this.made = null;
    /**
     * As far down as they were looked at.
     * @type {Box[][]}
     */
    this.rows = [];
    /** Whether there is nothing below these rows. */
    this.isDone = true;
    /** What was laid out and drawn last. */
    this.laidOut = this.drawn = "";
    /** Pixels to a byte. */
    this.scale = 0;
    /**
     * What the keyboard is at.
     * @type {Frame | null}
     */
    this.focus = null;
    /**
     * What the mouse is over.
     * @type {Frame | null}
     */
    this.pointed = null;
    /** Whether more and less is shown, and what the root weighs. */
    this.isChange = false;
    this.whole = 1;
    this.figures = shown.figures;
    /** @type {Map<string, string>} */
    this.fitted = new Map();
    this.area.style.setProperty("--tall", `${(shown.report.tree.depth + 1) * ROW}px`);
    shown.views.add(() => this.layOut(), this.area);
    this.area.addEventListener("scroll", () => this.draw());
  }

  get frames() {
    const { figures, shownTree, isInverted } = this.shown;
    const key = `${figures.key} ${isInverted}`;
    if (this.made?.key !== key) {
      this.made = { key, frames: new Frames(shownTree.tree, figures, isInverted) };
    }
    return this.made.frames;
  }

  get zoomed() {
    return this.frames.find(this.shown.path);
  }

  layOut() {
    const { frames, shown } = this;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const laidOut = `${this.made?.key} ${shown.path} ${width}`;
    const drawn = `${shown.query} ${height} ${devicePixelRatio} ${this.shades.css("pl-page")}`;
    const isSame = laidOut === this.laidOut;
    if (!isSame) this.begin(frames, width);
    if (!isSame || drawn !== this.drawn) this.draw();
    this.laidOut = laidOut;
    this.drawn = drawn;
    byId("flame-empty").hidden = this.zoomed.weight > 0;
    // How tall the whole is need not be known to show what is in sight.
    const rest = () => {
      while (!this.isDone) this.nextRow();
      this.tall.style.height = `${this.rows.length * ROW + 2}px`;
    };
    if (this.isDone) rest();
    else shown.views.later(rest);
  }

  /**
   * Lays out the frames above those that are zoomed into; the others follow as they are looked at.
   * @param {Frames} frames
   * @param {number} width
   */
  begin(frames, width) {
    const zoomed = this.zoomed;
    const focus = this.focus ? pathOf(this.focus) : null;
    this.focus = focus ? frames.find(focus) : null;
    this.pointed = null;
    this.rows = [];
    for (let each = zoomed.parent; each; each = each.parent) {
      this.rows.unshift([{ frame: each, x: 0, width }]);
    }
    this.rows.push([{ frame: zoomed, x: 0, width }]);
    this.scale = zoomed.weight > 0 ? width / zoomed.weight : 0;
    this.isDone = this.scale === 0;
  }

  /** Lays out one row more, of what is wide enough to be seen. */
  nextRow() {
    const { frames, scale } = this;
    /** @type {Box[]} */
    const next = [];
    for (const { frame, x } of this.rows[this.rows.length - 1]) {
      let at = x;
      for (const child of frames.below(frame, NARROWEST / scale)) {
        const wide = child.weight * scale;
        if (wide < NARROWEST) break;
        next.push({ frame: child, x: at, width: wide });
        at += wide;
      }
    }
    if (next.length > 0) this.rows.push(next);
    else this.isDone = true;
  }

  /** @param {number} depth */
  row(depth) {
    while (!this.isDone && this.rows.length <= depth) this.nextRow();
    return this.rows[depth] ?? [];
  }

  draw() {
    const { context, width, height } = blank(this.canvas);
    const top = this.area.scrollTop;
    const { isMatch } = this.shown;
    const { zoomed } = this;
    this.figures = this.shown.figures;
    this.isChange = this.figures.isChange;
    this.whole = this.frames.root.weight || 1;
    const first = Math.max(0, Math.floor(top / ROW));
    const last = Math.ceil((top + height) / ROW);
    for (let row = first; row < last; row += 1) {
      for (const box of this.row(row)) {
        this.drawBox(context, box, row * ROW - top, isMatch, row < zoomed.depth);
      }
    }
    const marked = this.focus && document.activeElement === this.area ? this.boxOf(this.focus) : null;
    if (marked && this.focus) this.outline(context, marked, this.focus.depth * ROW - top, 2);
    const pointed = this.pointed ? this.boxOf(this.pointed) : null;
    if (pointed && this.pointed) this.outline(context, pointed, this.pointed.depth * ROW - top, 1);
    if (width === 0) this.fitted.clear();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Box} box
   * @param {number} y
   * @param {Uint8Array | null} isMatch
   * @param {boolean} isAbove
   */
  drawBox(context, { frame, x, width }, y, isMatch, isAbove) {
    const isFound = isMatch !== null && isMatch[frame.place] === 1;
    const role = isFound ? "found" : isMatch !== null ? "missed" : isAbove ? "above" : "";
    const { fill, text } = this.paintOf(frame, role);
    context.fillStyle = fill;
    context.fillRect(x, y, Math.max(width - 1, 0.6), ROW - 1);
    if (width < 26) return;
    context.fillStyle = text;
    context.fillText(this.fit(context, frame.place, width - 11), x + 5, y + ROW / 2);
  }

  /**
   * The colours of a frame. They are deeper where it holds more itself, and grey where the code is
   * installed; of changes, there is one for more and one for less.
   * @param {Frame} frame
   * @param {"found" | "missed" | "above" | ""} role
   */
  paintOf(frame, role) {
    const { shown, shades } = this;
    const { kind, file, modules } = shown.report;
    const { isChange, whole } = this;
    const share = isChange
      ? (frame.weight > 0 && !isByChance(this.figures, frame.variance, frame.change)
        ? frame.change / frame.weight : 0)
      : Math.sqrt(Math.max(0, frame.own) / whole) * 1.15;
    // So many steps can be told apart.
    const step = Math.round(Math.min(1, Math.max(-1, share)) * 40);
    const isOurs = !isChange && kind[frame.place] === Kind.line && !modules[file[frame.place]].isLibrary;
    const key = ROLES.indexOf(role) * 1000 + (isChange ? 400 : 0) + (isOurs ? 200 : 0) + step;
    let paint = shades.paints.get(key);
    if (!paint) {
      const base =
        isOurs ? shades.mixed("pl-page", "rp-heat", 0.24) : shades.mixed("pl-page", "pl-quiet", 0.2);
      const far = shades.rgb(!isChange ? "rp-heat" : step > 0 ? "rp-more" : "rp-less");
      const size = isChange ? (Math.abs(step) / 40) ** 0.7 : step / 40;
      let color = between(base, far, size);
      if (role === "found") color = shades.rgb("rp-found");
      else if (role) color = between(color, shades.rgb("pl-page"), role === "missed" ? 0.75 : 0.45);
      paint = { fill: inCSS(color), text: shades.readable(color) };
      shades.paints.set(key, paint);
    }
    return paint;
  }

  /**
   * A frame's label, as far as there is room.
   * @param {CanvasRenderingContext2D} context
   * @param {number} place
   * @param {number} room
   */
  fit(context, place, room) {
    const label = this.shown.report.label(place);
    const key = `${Math.floor(room / 4)} ${place}`;
    const known = this.fitted.get(key);
    if (known !== undefined) return known;
    if (this.fitted.size > 20000) this.fitted.clear();
    let text = label.slice(0, Math.ceil(room / 3));
    if (text.length < label.length || context.measureText(text).width > room) {
      let [low, high] = [0, text.length];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
        else high = middle - 1;
      }
      text = low > 1 ? `${text.slice(0, low)}…` : "";
    }
    this.fitted.set(key, text);
    return text;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Box} box
   * @param {number} y
   * @param {number} wide
   */
  outline(context, { x, width }, y, wide) {
    context.strokeStyle = this.shades.css("pl-text");
    context.lineWidth = wide;
    context.strokeRect(x + wide / 2, y + wide / 2, Math.max(width - 1 - wide, 1), ROW - 1 - wide);
  }

  /** @param {Frame} frame */
  boxOf(frame) {
    return this.row(frame.depth).find((box) => box.frame === frame) ?? null;
  }

  /**
   * The frame at a point of the canvas.
   * @param {number} x
   * @param {number} y
   */
  frameAt(x, y) {
    const row = this.row(Math.floor((y + this.area.scrollTop) / ROW));
    return row.find((box) => x >= box.x && x < box.x + box.width)?.frame ?? null;
  }

  /**
   * Zooms into a frame, and looks at its line.
   * @param {Frame} frame
   */
  zoom(frame) {
    this.focus = frame;
    this.shown.set({ path: pathOf(frame) });
    if (this.shown.report.kind[frame.place] === Kind.line) this.shown.choose(frame.place);
    this.area.scrollTop = Math.min(this.area.scrollTop, frame.depth * ROW);
  }

  /** Zooms out by one frame. */
  back() {
    const { zoomed } = this;
    if (zoomed.parent) {
      this.focus = zoomed.parent;
      this.shown.set({ path: pathOf(zoomed.parent) });
    }
  }

  /** @param {Frame} frame */
  words(frame) {
    const { figures, report } = this.shown;
    const amount = figureText(figures, frame.value) + errorBeside(figures, frame.variance, frame.value);
    const part = shareText(frame.value / (figures.whole || 1));
    return {
      name: report.label(frame.place),
      amount,
      share: figures.isChange ? "" : `, ${part} ${figures.said}`
    };
  }
}
