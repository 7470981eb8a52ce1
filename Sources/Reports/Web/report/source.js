// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole files, with what each line holds beside it.

/** The columns beside a line; what is shown comes first, where it is none of these. */
const SOURCE_COLUMNS = /** @type {const} */ (["peak", "live", "allocated", "allocations"]);

class SourceView {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.list = byId("code");
    this.choice = /** @type {HTMLSelectElement} */ (byId("file"));
    this.drawnFile = -1;
    this.drawnKey = "";
    /**
     * What the columns show, by the keys of their figures.
     * @type {string[]}
     */
    this.filled = [];
    this.filledFile = -1;
    /** @type {number | null} */
    this.drawnPlace = null;
    /**
     * The row of each line.
     * @type {Map<number, HTMLElement>}
     */
    this.rows = new Map();
    /**
     * A place of each line of the file, by what it holds.
     * @type {Map<number, number>}
     */
    this.places = new Map();
    this.choice.addEventListener(
      "change", () => shown.set({ file: Number(this.choice.value), place: null }));
    this.list.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest(".row");
      const place = row instanceof HTMLElement ? this.places.get(Number(row.dataset.line)) : undefined;
      if (place !== undefined) shown.choose(place);
    });
    this.list.addEventListener("keydown", (event) => this.step(event));
    // A file may be long: what comes first on the page is there first.
    requestAnimationFrame(() => setTimeout(() => {
      shown.listeners.push(() => this.draw());
      this.draw();
    }));
  }

  /**
   * Up and down go from one line that holds something to the next.
   * @param {KeyboardEvent} event
   */
  step(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const lines = [...this.list.querySelectorAll("button.number")];
    const index = lines.indexOf(/** @type {Element} */ (event.target));
    const next = lines[index + (event.key === "ArrowDown" ? 1 : -1)];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  }

  /** Files, the one that holds most first. */
  fillChoice() {
    const { shown, choice } = this;
    const { report, grouped, figures, shownTree } = shown;
    const { of, count } = grouped.groups("file");
    const { weight } = grouped.sums("file", shownTree.tree, figures);
    const group = new Map();
    for (let place = 0; place < report.placeCount; place += 1) {
      if (report.kind[place] === Kind.line) group.set(report.file[place], of[place]);
    }
    if (count === 0) return;
    const files = [...group.keys()].sort((a, b) => weight[group.get(b)] - weight[group.get(a)] || a - b);
    choice.replaceChildren(...files.slice(0, 2000).map((file) => make("option", {
      value: String(file),
      text: `${report.head.short[file]}${report.isFormer[file] ? " (before)" : ""}${
        report.sources.has(file) ? "" : " (text not known)"}`,
    })));
  }

  draw() {
    const { shown } = this;
    const { report, figures, place } = shown;
    if (shown.file === null) shown.file = this.firstFile();
    const { file } = shown;
    byId("source").hidden = file === null;
    if (file === null) return;
    if (this.choice.options.length === 0) this.fillChoice();
    if (this.choice.value !== String(file)) {
      if (![...this.choice.options].some((option) => option.value === String(file))) {
        this.choice.append(make("option", { value: String(file), text: report.head.short[file] }));
      }
      this.choice.value = String(file);
    }
    const isNew = file !== this.drawnFile;
    if (isNew) this.build(file);
    const key = `${file} ${figures.key}`;
    if (key !== this.drawnKey) this.fill(file);
    this.drawnKey = key;
    if (place !== this.drawnPlace || isNew) this.mark(place);
    this.drawnPlace = place;
  }

  /** The first file whose text is known, of those that findings name. */
  firstFile() {
    const { report, grouped, figures, shownTree } = this.shown;
    const named = report.head.findings.map((finding) => finding.place).find((place) =>
      place !== null && report.kind[place] === Kind.line);
    if (named !== undefined && named !== null) return report.file[named];
    const { place } = grouped.groups("file");
    const { weight } = grouped.sums("file", shownTree.tree, figures);
    let best = -1;
    for (let group = 0; group < place.length; group += 1) {
      if (report.kind[place[group]] !== Kind.line || weight[group] <= 0) continue;
      const known = (/** @type {number} */ each) => Number(report.sources.has(report.file[place[each]]));
      if (best < 0 || known(group) > known(best) ||
        (known(group) === known(best) && weight[group] > weight[best])) {
        best = group;
      }
    }
    return best < 0 ? null : report.file[place[best]];
  }

  /** @param {number} file */
  build(file) {
    const { report } = this.shown;
    const lines = report.sources.get(file) ?? [];
    this.drawnFile = file;
    this.filledFile = -1;
    this.rows.clear();
    this.places.clear();
    for (let place = 0; place < report.placeCount; place += 1) {
      if (report.kind[place] !== Kind.line || report.file[place] !== file) continue;
      if (!this.places.has(report.line[place])) this.places.set(report.line[place], place);
    }
    byId("path").textContent = report.head.files[file] + (report.isFormer[file] ? " as it was" : "");
    this.linkFormer(file);
    byId("no-source").hidden = lines.length > 0;
    const known = lines.length > 0 ? lines : [];
    const length = Math.max(known.length, ...(known.length > 0 ? [0] : this.places.keys()));
    const parts = pythonParts(known);
    const chunks = [];
    let chunk = make("div", { class: "chunk" });
    for (let line = 1; line <= length; line += 1) {
      if ((known[line - 1] ?? null) === null && !this.places.has(line)) {
        const from = line;
        while (line < length && (known[line] ?? null) === null && !this.places.has(line + 1)) line += 1;
        if (line < length || from > 1) chunk.append(make("div", { class: "gap", text: "⋯" }));
        continue;
      }
      chunk.append(this.rowOf(line, parts[line - 1] ?? []));
      if (chunk.childElementCount >= 100) {
        chunks.push(chunk);
        chunk = make("div", { class: "chunk" });
      }
    }
    chunks.push(chunk);
    // Those that are out of sight are laid out when they come into it.
    for (const each of chunks) {
      each.style.setProperty("contain-intrinsic-size", `auto ${each.childElementCount * 23}px`);
    }
    this.list.replaceChildren(...chunks);
  }

  /**
   * The way from a file to what is gone from it, and back.
   * @param {number} file
   */
  linkFormer(file) {
    const { report } = this.shown;
    const { present, isFormer, head } = report;
    const other = isFormer[file] ? present[file]
      : present.findIndex((now, each) => now === file && isFormer[each] === 1);
    const button = byId("former");
    button.hidden = other < 0 || other === file;
    if (button.hidden) return;
    const gone = new Set([...report.file.keys()].filter((place) => report.file[place] === other)
      .map((place) => report.line[place]));
    button.textContent = isFormer[file] ? `${head.short[other]} as it is now` : `${counted(gone.size, "line")} gone`;
    button.onclick = () => this.shown.set({ file: other, place: null });
  }

  /**
   * @param {number} line
   * @param {{kind: string, text: string}[]} parts
   */
  rowOf(line, parts) {
    const row = make("div", { class: "row", "data-line": String(line) });
    row.append(this.places.has(line)
      ? make("button", { class: "number", type: "button", text: String(line) })
      : make("span", { class: "number", text: String(line) }));
    const code = make("code");
    for (const { kind, text } of parts) {
      code.append(kind === "plain" ? text : make("span", { class: kind, text }));
    }
    row.append(code);
    this.rows.set(line, row);
    return row;
  }

  /**
   * Writes the figures beside the lines.
   * @param {number} file
   */
  fill(file) {
    const { shown } = this;
    const { figuring, shownTree, grouped } = shown;
    /** @type {Measure[]} */
    const measures = [...SOURCE_COLUMNS];
    if (!SOURCE_COLUMNS.includes(/** @type {any} */ (shown.measure))) measures.unshift(shown.measure);
    const columns = measures.map((measure) => {
      const figures = figuring.of(measure, shown.time, shownTree);
      const sums = grouped.sums("line", shownTree.tree, figures);
      return { measure, figures, sums, byLine: this.byLine(file, sums) };
    });
    byId("code-heads")
      .replaceChildren(make("span", { class: "number", text: "" }),
        ...columns.map(({ figures, measure }) => make("span", {
          class: measure === shown.measure ? "figure now" : "figure",
          text: figures.heading,
        })),
        make("span", {
          class: "head-code",
          text: `${shown.report.isFormer[file] ? "what is gone; "
            : shown.report.isDifference ? "changes; " : ""}strong: itself, faint: with what it calls`,
        }));
    this.list.style.setProperty("--columns", String(columns.length));
    byId("code-heads").style.setProperty("--columns", String(columns.length));
    const longest = columns.map(({ byLine }) => {
      let high = 0;
      for (const each of byLine.values()) high = Math.max(high, Math.abs(each.total), Math.abs(each.own));
      return high || 1;
    });
    // While time is gone through, one column of several changes.
    const keys = columns.map(({ figures }) => figures.key);
    const isSame = file === this.filledFile && keys.length === this.filled.length;
    for (const [line, row] of this.rows) {
      if (!this.places.has(line)) continue;
      if (!isSame) for (const old of row.querySelectorAll(".figure")) old.remove();
      for (const [index, { figures, byLine }] of columns.entries()) {
        if (isSame && keys[index] === this.filled[index]) continue;
        const each = byLine.get(line) ?? { own: 0, total: 0, variance: 0 };
        const cell = figureOf(each, figures, longest[index]);
        if (isSame) row.children[index + 1].replaceWith(cell);
        else row.insertBefore(cell, row.lastElementChild);
      }
    }
    this.filled = keys;
    this.filledFile = file;
  }

  /**
   * What lines hold, also where functions of one line are several.
   * @param {number} file
   * @param {{own: Float64Array, total: Float64Array, variance: Float64Array | null}} sums
   */
  byLine(file, sums) {
    const { report, grouped } = this.shown;
    const { of } = grouped.groups("line");
    /** @type {Map<number, {own: number, total: number, variance: number}>} */
    const lines = new Map();
    for (let place = 0; place < report.placeCount; place += 1) {
      if (report.kind[place] !== Kind.line || report.file[place] !== file) continue;
      const line = report.line[place];
      const sum = lines.get(line) ?? { own: 0, total: 0, variance: 0 };
      sum.own += sums.own[of[place]];
      sum.total += sums.total[of[place]];
      sum.variance += sums.variance?.[of[place]] ?? 0;
      lines.set(line, sum);
    }
    return lines;
  }

  /**
   * Shows which line is looked at.
   * @param {number | null} place
   */
  mark(place) {
    const { report } = this.shown;
    for (const row of this.list.querySelectorAll(".row.chosen")) row.classList.remove("chosen");
    if (place === null || report.kind[place] !== Kind.line || report.file[place] !== this.drawnFile) return;
    const row = this.rows.get(report.line[place]);
    if (!row) return;
    row.classList.add("chosen");
    // Within the list only: the page stays where it is.
    this.list.scrollTop = Math.max(0, row.offsetTop - this.list.clientHeight / 2.5);
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
