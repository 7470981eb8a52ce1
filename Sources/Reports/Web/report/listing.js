// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The rows of a file, in chunks: those in sight are made and filled first.

/**
 * @typedef {{figures: Figures, key: string, longest: number,
 *   byLine: Map<number, {own: number, total: number, variance: number}>}} Column
 * @typedef {{element: HTMLElement, lines: number[], rows: Map<number, HTMLElement>, isMade: boolean,
 *   isInSight: boolean, filled: string[], columns: Column[] | null}} Chunk
 * A line 0 is a gap; `filled` are the keys of what the columns beside the lines show, `columns` what they
 * have been filled from.
 */

const CHUNK = 40;

class Listing {
  /**
   * @param {HTMLElement} list
   * @param {Views} views
   */
  constructor(list, views) {
    this.list = list;
    this.views = views;
    /** @type {(string | null)[]} */
    this.texts = [];
    /** @type {string[]} */
    this.quotes = [];
    /**
     * A place of each line of the file, by what it holds.
     * @type {Map<number, number>}
     */
    this.places = new Map();
    /** @type {Chunk[]} */
    this.chunks = [];
    /** @type {Column[]} */
    this.columns = [];
    this.chosen = 0;
    this.scrolledTo = 0;
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const chunk = this.chunks.find(({ element }) => element === target);
        if (!chunk) continue;
        chunk.isInSight = isIntersecting;
        if (isIntersecting) this.draw(chunk);
      }
    }, { root: list, rootMargin: "200px" });
  }

  /**
   * Shows another file.
   * @param {(string | null)[]} texts
   * @param {Map<number, number>} places
   */
  open(texts, places) {
    this.texts = texts;
    this.places = places;
    this.quotes = quotesBefore(texts);
    this.observer.disconnect();
    this.chunks = [];
    let length = texts.length;
    if (length === 0) for (const line of places.keys()) length = Math.max(length, line);
    const isKnown = (/** @type {number} */ line) => (texts[line - 1] ?? null) !== null || places.has(line);
    /** @type {number[]} */
    let lines = [];
    for (let line = 1; line <= length; line += 1) {
      const from = line;
      while (line <= length && !isKnown(line)) line += 1;
      if (line > from && (line <= length || from > 1)) lines.push(0);
      if (line <= length) lines.push(line);
      if (lines.length < CHUNK && line < length) continue;
      this.chunks.push(this.chunkOf(lines));
      lines = [];
    }
    // Of a long file only that is laid out which is in sight.
    this.list.classList.toggle("long", length > 3000);
    this.list.replaceChildren(...this.chunks.map(({ element }) => element));
    this.list.scrollTop = 0;
    for (const chunk of this.chunks) this.observer.observe(chunk.element);
    for (const first of this.chunks.slice(0, 1)) first.isInSight = true;
  }

  /**
   * @param {number[]} lines
   * @returns {Chunk}
   */
  chunkOf(lines) {
    const element = make("div", { class: "chunk" });
    // Until it is made, or while it is out of sight, it is about so high.
    element.style.minHeight = `${lines.length * 23}px`;
    element.style.setProperty("contain-intrinsic-size", `auto ${lines.length * 23}px`);
    return {
      element, lines, rows: new Map(), isMade: false, isInSight: false, filled: [], columns: null,
    };
  }

  /**
   * Writes figures beside the lines.
   * @param {Column[]} columns
   */
  show(columns) {
    this.columns = columns;
    for (const chunk of this.chunks) if (chunk.isInSight) this.draw(chunk);
  }

  /**
   * Brings a row into the middle.
   * @param {HTMLElement} row
   */
  scrollTo(row) {
    const down = row.getBoundingClientRect().top - this.list.getBoundingClientRect().top;
    this.list.scrollTop += down - this.list.clientHeight / 2.5;
    this.scrolledTo = this.list.scrollTop;
  }

  /** Makes and fills what is out of sight, a piece at a time. */
  finish() {
    const chunk = this.chunks.find((each) => each.columns !== this.columns);
    if (!chunk) {
      // What was made above may be higher than was thought.
      const row = this.list.querySelector(".row.chosen");
      if (row instanceof HTMLElement && this.list.scrollTop === this.scrolledTo) this.scrollTo(row);
      this.scrolledTo = -1;
      return;
    }
    this.views.later(() => {
      this.draw(chunk);
      this.finish();
    });
  }

  /** @param {Chunk} chunk */
  draw(chunk) {
    if (!chunk.isMade) {
      chunk.isMade = true;
      chunk.element.replaceChildren(...chunk.lines.map((line) => this.rowOf(chunk, line)));
      chunk.element.style.minHeight = "";
    }
    if (chunk.columns !== this.columns) this.fill(chunk);
    const stop = this.list.querySelector("button.number");
    if (stop && !this.list.querySelector('button[tabindex="0"]')) stopAt(this.list, stop);
  }

  /**
   * @param {Chunk} chunk
   * @param {number} line
   */
  rowOf(chunk, line) {
    if (line === 0) return make("div", { class: "gap", text: "⋯" });
    const row = make("div", { class: "row", "data-line": String(line) });
    row.append(this.places.has(line)
      ? make("button", { class: "number", type: "button", tabindex: "-1", text: String(line) })
      : make("span", { class: "number", text: String(line) }));
    const code = make("code");
    const { parts } = pythonParts(this.texts[line - 1] ?? "", this.quotes[line - 1] ?? "");
    for (const { kind, text } of parts) {
      code.append(kind === "plain" ? text : make("span", { class: kind, text }));
    }
    row.append(code);
    if (line === this.chosen) row.classList.add("chosen");
    chunk.rows.set(line, row);
    return row;
  }

  /** @param {Chunk} chunk */
  fill(chunk) {
    const { columns } = this;
    // While time is gone through, one column of several changes.
    const isSame = chunk.filled.length === columns.length;
    for (const [line, row] of chunk.rows) {
      if (!this.places.has(line)) continue;
      if (!isSame) for (const old of row.querySelectorAll(".figure")) old.remove();
      for (const [index, { figures, key, byLine, longest }] of columns.entries()) {
        if (isSame && key === chunk.filled[index]) continue;
        const cell = figureOf(byLine.get(line) ?? { own: 0, total: 0, variance: 0 }, figures, longest);
        if (isSame) row.children[index + 1].replaceWith(cell);
        else row.insertBefore(cell, row.lastElementChild);
      }
    }
    chunk.filled = columns.map(({ key }) => key);
    chunk.columns = columns;
  }

  /**
   * Shows which line is looked at.
   * @param {number} line  0 for none
   */
  mark(line) {
    for (const row of this.list.querySelectorAll(".row.chosen")) row.classList.remove("chosen");
    this.chosen = line;
    const index = this.chunks.findIndex((chunk) => line > 0 && chunk.lines.includes(line));
    // The page stays where it is, and the line is not alone.
    for (const chunk of index < 0 ? [] : this.chunks.slice(Math.max(0, index - 1), index + 2)) {
      this.draw(chunk);
    }
    const row = this.chunks[index]?.rows.get(line);
    if (!row) return;
    row.classList.add("chosen");
    const stop = row.querySelector("button");
    if (stop) stopAt(this.list, stop);
    this.scrollTo(row);
  }
}

/**
 * @param {{own: number, total: number, variance: number}} each
 * @param {Figures} figures
 * @param {number} longest
 */
function figureOf({ own, total, variance }, figures, longest) {
  const cell = make("span", { class: "figure" });
  if (own === 0 && total === 0) return cell;
  const shown = own !== 0 ? own : total;
  const error = errorBeside(figures, variance, own);
  if (isByChance(figures, variance, own)) cell.classList.add("within");
  cell.title = `${figures.heading}: ${figureText(figures, own)}${error} itself, ${
    figureText(figures, total)} with what it calls`;
  cell.append(barOf(own / longest, {
    callees: total / longest, error: error ? Math.sqrt(variance) / longest : 0, isChange: figures.isChange,
  }), make("span", { class: own !== 0 ? "amount" : "amount quiet", text: figureText(figures, shown) }));
  return cell;
}
