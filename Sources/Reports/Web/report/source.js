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
    this.listing = new Listing(this.list, shown.views);
    this.choice = /** @type {HTMLSelectElement} */ (byId("file"));
    this.drawnFile = -1;
    this.drawnKey = "";
    /** @type {number | null} */
    this.drawnPlace = null;
    this.choice.addEventListener(
      "change", () => shown.set({ file: Number(this.choice.value), place: null }));
    this.list.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest(".row");
      const place = row instanceof HTMLElement ? this.listing.places.get(Number(row.dataset.line)) : undefined;
      if (place !== undefined) shown.choose(place);
    });
    this.list.addEventListener("keydown", (event) => this.step(event));
    shown.views.add(() => this.draw(), byId("below"));
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
    if (next instanceof HTMLElement) {
      stopAt(this.list, next);
      next.focus();
    }
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
    this.listing.finish();
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
    /** @type {Map<number, number>} */
    const places = new Map();
    for (let place = 0; place < report.placeCount; place += 1) {
      if (report.kind[place] !== Kind.line || report.file[place] !== file) continue;
      if (!places.has(report.line[place])) places.set(report.line[place], place);
    }
    byId("path").textContent = report.head.files[file] + (report.isFormer[file] ? " as it was" : "");
    this.linkFormer(file);
    byId("no-source").hidden = lines.length > 0;
    this.listing.open(lines, places);
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
      const byLine = this.byLine(file, sums);
      let longest = 0;
      for (const each of byLine.values()) {
        longest = Math.max(longest, Math.abs(each.total), Math.abs(each.own));
      }
      return { figures, key: figures.key, byLine, longest: longest || 1 };
    });
    byId("code-heads")
      .replaceChildren(make("span", { class: "number", text: "" }),
        ...columns.map(({ figures, key }) => make("span", {
          class: key === shown.figures.key ? "figure now" : "figure",
          text: figures.heading,
        })),
        make("span", {
          class: "head-code",
          text: `${shown.report.isFormer[file] ? "what is gone; "
            : shown.report.isDifference ? "changes; " : ""}strong: itself, faint: with what it calls`,
        }));
    this.list.style.setProperty("--columns", String(columns.length));
    byId("code-heads").style.setProperty("--columns", String(columns.length));
    this.listing.show(columns);
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
    const isHere = place !== null && report.kind[place] === Kind.line &&
      report.file[place] === this.drawnFile;
    this.listing.mark(isHere ? report.line[place] : 0);
  }
}
