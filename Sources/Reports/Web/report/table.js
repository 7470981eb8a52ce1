// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines that hold memory, as a table.

/**
 * @typedef {{place: number, own: number, total: number, variance: number, before: number, after: number,
 *   more: [string, number, boolean][]}} Row
 * `more` are figures besides, each with its name and whether it counts blocks.
 * @typedef {{key: string, groups: number[], ordered: number, sums: Sums, place: Int32Array,
 *   longest: number}} Rows
 * So many of the groups stand in order, `ordered`.
 */

const ROWS_AT_FIRST = 40;

/** Of the rows that are out of sight so many are drawn at once. */
const ROWS_AT_ONCE = 40;

class LineTable {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.area = byId("table");
    this.body = /** @type {HTMLTableSectionElement} */ (byId("rows"));
    this.limit = ROWS_AT_FIRST;
    this.drawn = "";
    /** What each row shows. */
    this.filled = /** @type {string[]} */ ([]);
    /** Pixels of a row, about; and how far the rows are scrolled. */
    this.tall = 44;
    this.measured = "";
    this.top = 0;
    /**
     * The rank of each place, by file and line.
     * @type {Int32Array | null}
     */
    this.ranks = null;
    /**
     * What the filter looks at.
     * @type {Map<string, string[]>}
     */
    this.texts = new Map();
    /** @type {Rows | null} */
    this.made = null;
    /**
     * What a group holds of measures that do not depend on what is shown.
     * @type {Map<string, Float64Array>}
     */
    this.fixed = new Map();
    if (shown.report.isDifference) compareInHead();
    for (const button of document.querySelectorAll("#table th button")) {
      button.addEventListener("click", () => this.orderBy(button.closest("th")?.dataset.order ?? "own"));
    }
    byId("filter").addEventListener("input", () => {
      shown.set({ filter: /** @type {HTMLInputElement} */ (byId("filter")).value });
    });
    byId("grouping").addEventListener("change", () => {
      const { value } = /** @type {HTMLSelectElement} */ (byId("grouping"));
      shown.set({ grouping: /** @type {Grouping} */ (value) });
    });
    byId("more").addEventListener("click", () => {
      this.limit += 500;
      shown.set({});
    });
    byId("copy").addEventListener("click", () => this.copy());
    this.body.addEventListener("click", (event) => {
      const row = /** @type {HTMLElement} */ (event.target).closest("tr");
      if (row?.dataset.place) shown.choose(Number(row.dataset.place));
    });
    this.body.addEventListener("keydown", (event) => this.step(event));
    this.area.addEventListener("scroll", () => {
      this.top = this.area.scrollTop;
      this.draw();
    }, { passive: true });
    shown.views.add(() => this.draw(), this.area);
  }

  /** @param {string} name */
  orderBy(name) {
    const order = /** @type {typeof TABLE_ORDER[number]} */ (name);
    const isRising = this.shown.order === order ? !this.shown.isRising : order === "line";
    this.shown.set({ order, isRising });
  }

  /**
   * Up and down go from row to row.
   * @param {KeyboardEvent} event
   */
  step(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const row = /** @type {HTMLElement} */ (event.target).closest("tr");
    const next = event.key === "ArrowDown" ? row?.nextElementSibling : row?.previousElementSibling;
    const button = next?.querySelector("button");
    if (button) stopAt(this.body, button);
    button?.focus();
    event.preventDefault();
  }

  /**
   * What the groups hold themselves of a measure, whatever is shown.
   * @param {string} measure
   */
  column(measure) {
    const { report, grouped, grouping, shownTree } = this.shown;
    const key = `${measure} ${grouping} ${shownTree.key}`;
    const known = this.fixed.get(key);
    if (known) return known;
    const { of, count } = grouped.groups(grouping);
    const sums = new Float64Array(count);
    const own = report.numbers(`node.${measure}`);
    const { tree, map } = shownTree;
    const group = tree.grouped(grouping, of);
    for (let node = 0; node < own.length; node += 1) sums[group[map ? map[node] : node]] += own[node];
    if (this.fixed.size > 30) this.fixed.clear();
    this.fixed.set(key, sums);
    return sums;
  }

  /**
   * All rows that the filter lets through, in order.
   * @returns {Rows}
   */
  get rows() {
    const { shown } = this;
    const { figures, grouping, grouped, filter, order, isRising, report } = shown;
    const key = [figures.key, grouping, filter, order, isRising].join("|");
    if (this.made?.key === key) return this.made;
    const { place, count } = grouped.groups(grouping);
    const sums = grouped.sums(grouping, shown.shownTree.tree, figures);
    const wanted = filter.toLowerCase();
    const groups = [];
    for (let group = 0; group < count; group += 1) {
      const isLine = report.kind[place[group]] === Kind.line;
      if (sums.weight[group] === 0 && (sums.weightTotal[group] === 0 || !isLine)) continue;
      if (figures.isChange && sums.own[group] === 0 && sums.total[group] === 0) continue;
      if (wanted && !this.textOf(group, place[group]).includes(wanted)) continue;
      groups.push(group);
    }
    let longest = 0;
    for (const group of groups) {
      const error = sums.variance && !figures.isCount ? Math.sqrt(sums.variance[group]) : 0;
      longest = Math.max(longest, Math.abs(sums.own[group]) + error);
    }
    this.made = { key, groups, ordered: 0, sums, place, longest };
    return this.made;
  }

  /**
   * The first groups in order; of so many as there may be, only these are brought into it.
   * @param {Rows} rows
   * @param {number} count
   */
  firstOf(rows, count) {
    const { groups, sums: { own, total }, place } = rows;
    const { order, isRising } = this.shown;
    if (rows.ordered >= Math.min(count, groups.length)) return groups;
    const sizes = order === "own" || order === "line" ? own : order === "total" ? total
      : order === "before" || order === "after" ? this.compared[order] : this.column(order);
    const sign = isRising ? 1 : -1;
    const size = order === "line"
      ? (/** @type {number} */ group) => sign * this.rankOf(place[group])
      : (/** @type {number} */ group) => sign * Math.abs(sizes[group]);
    const keys = Float64Array.from(groups, size);
    // The least that is behind the first; equal ones are among them.
    const limit = count < groups.length ? keys.slice().sort()[count - 1] : Infinity;
    /** @type {number[][]} */
    const [first, rest] = [[], []];
    for (const [index, group] of groups.entries()) (keys[index] <= limit ? first : rest).push(group);
    first.sort((a, b) => size(a) - size(b) || sign * (Math.abs(total[a]) - Math.abs(total[b])) ||
      sign * (b - a));
    rows.groups = [...first, ...rest];
    rows.ordered = first.length;
    return rows.groups;
  }

  /**
   * @param {Rows} rows
   * @param {number} group
   * @returns {Row}
   */
  row({ sums, place }, group) {
    const { isCount } = this.shown.figures;
    const [before, after] = [this.compared.before[group] ?? 0, this.compared.after[group] ?? 0];
    return {
      place: place[group], own: sums.own[group], total: sums.total[group],
      variance: sums.variance?.[group] ?? 0, before, after,
      more: this.shown.report.isDifference
        ? [["before then", before, isCount], ["after then", after, isCount]]
        : [["live wide", this.column("live")[group], false],
          ["allocated wide", this.column("allocated")[group], false],
          ["allocations wide", this.column("allocations")[group], true]],
    };
  }

  /** What groups themselves had before and have now, where two recordings are compared. */
  get compared() {
    const { figures, measure } = this.shown;
    const nothing = new Float64Array();
    if (!figures.before) return { before: nothing, after: nothing };
    return { before: this.column(`${measure}Before`), after: this.column(measure) };
  }

  /** @param {number} place */
  rankOf(place) {
    if (!this.ranks) {
      const { report } = this.shown;
      const names = Array.from(report.file, (file) => report.head.short[file] ?? "\uffff");
      const order = Array.from(names.keys()).sort((a, b) =>
        (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0) || report.line[a] - report.line[b]);
      this.ranks = new Int32Array(order.length);
      for (const [rank, each] of order.entries()) this.ranks[each] = rank;
    }
    return this.ranks[place];
  }

  /**
   * What the filter looks at, in small letters.
   * @param {number} group
   * @param {number} place
   */
  textOf(group, place) {
    const { grouping } = this.shown;
    const texts = this.texts.get(grouping) ?? [];
    this.texts.set(grouping, texts);
    texts[group] ??= this.nameOf(place).toLowerCase();
    return texts[group];
  }

  /** @param {number} place */
  nameOf(place) {
    const { report, grouping } = this.shown;
    if (report.kind[place] !== Kind.line) return report.where(place);
    const file = report.head.short[report.file[place]] ?? "?";
    if (grouping === "file") return file;
    if (grouping === "function") return `${file} ${report.functionName(place)}`;
    return `${report.where(place)} ${report.functionName(place)}`;
  }

  draw() {
    const { shown } = this;
    const { place } = shown;
    const count = this.rows.groups.length;
    /** @type {HTMLInputElement} */ (byId("filter")).value = shown.filter;
    /** @type {HTMLSelectElement} */ (byId("grouping")).value = shown.grouping;
    const key = `${this.made?.key} ${this.limit}`;
    if (key !== this.drawn) this.drawAround(count);
    this.drawn = key;
    const from = Math.max(0, Math.floor(this.top / this.tall) - 2);
    this.fill(from, from + Math.ceil(Math.min(640, innerHeight * 0.6) / this.tall) + 3);
    this.mark(place);
    shown.views.later(() => this.fillRest());
  }

  /** Fills some of the rows that are out of sight, until all are. */
  fillRest() {
    const next = this.filled.findIndex((key) => key !== this.drawn);
    if (next >= 0) {
      this.fill(next, next + ROWS_AT_ONCE);
      this.shown.views.later(() => this.fillRest());
    } else if (this.filled.length > 0 && this.measured !== this.shown.grouping) {
      this.measured = this.shown.grouping;
      this.tall = Math.max(20, this.body.offsetHeight / this.body.rows.length);
    }
    this.mark(this.shown.place);
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  fill(from, to) {
    const { rows } = this;
    const groups = this.firstOf(rows, this.limit);
    const focused = document.activeElement?.closest("#rows tr");
    const kept = focused instanceof HTMLElement ? focused.dataset.place : undefined;
    for (let index = from; index < Math.min(to, this.filled.length); index += 1) {
      if (this.filled[index] === this.drawn) continue;
      this.filled[index] = this.drawn;
      this.fillRow(this.body.rows[index], this.row(rows, groups[index]), rows.longest);
    }
    if (kept === undefined || this.body.contains(document.activeElement)) return;
    const button = this.body.querySelector(`tr[data-place="${kept}"] button`);
    if (!(button instanceof HTMLElement)) return;
    stopAt(this.body, button);
    button.focus({ preventScroll: true });
  }

  /**
   * Shows which line is looked at.
   * @param {number | null} place
   */
  mark(place) {
    for (const row of this.body.rows) {
      const isChosen = place !== null && row.dataset.place === String(place);
      if (isChosen === row.classList.contains("chosen")) continue;
      row.classList.toggle("chosen", isChosen);
      if (isChosen) row.setAttribute("aria-selected", "true");
      else row.removeAttribute("aria-selected");
    }
    const stop = this.body.querySelector("tr.chosen button") ?? this.body.querySelector("tr button");
    if (stop && !this.body.contains(document.activeElement)) stopAt(this.body, stop);
  }

  /**
   * The headings, and what stands below the rows.
   * @param {number} count  of all rows
   */
  drawAround(count) {
    const { shown } = this;
    const { figures } = shown;
    for (const head of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#table th"))) {
      if (head.dataset.order === shown.order) {
        head.setAttribute("aria-sort", shown.isRising ? "ascending" : "descending");
      } else {
        head.removeAttribute("aria-sort");
      }
    }
    byId("own-heading").textContent = figures.isChange ? "Change" : figures.heading;
    const isRelative = figures.isChange && shown.measure !== "moment";
    byId("share-heading").textContent = isRelative ? "Relative" : figures.isChange ? "" : "Share";
    byId("line-heading").textContent =
      shown.grouping === "line" ? "Line" : shown.grouping === "file" ? "File" : "Function";
    // Rows are kept and filled anew, so that what is scrolled to stays.
    for (const row of this.body.querySelectorAll(".rest")) row.remove();
    this.filled.length = Math.min(count, this.limit);
    while (this.body.rows.length > this.filled.length) this.body.lastElementChild?.remove();
    while (this.body.rows.length < this.filled.length) this.body.append(make("tr"));
    this.body.append(...this.rest());
    byId("more").hidden = count <= this.limit;
    byId("more").textContent = `Show more of ${countText(count)}`;
    byId("no-rows").hidden = count > 0;
    byId("no-rows").textContent = shown.filter ? "No line has this in its name."
      : figures.isChange ? "Nothing changed." : "Nothing was held.";
  }

  /**
   * @param {HTMLTableRowElement} element
   * @param {Row} row
   * @param {number} longest
   */
  fillRow(element, row, longest) {
    const { report, figures, grouping } = this.shown;
    const { isChange } = figures;
    const isLine = report.kind[row.place] === Kind.line;
    const amount = row.own === 0 ? "0" : figureText(figures, row.own);
    const error = errorBeside(figures, row.variance, row.own);
    const share = isByChance(figures, row.variance, row.own) ? "within ±"
      : isChange ? relative(row) : row.own > 0 ? shareText(row.own / (figures.whole || 1)) : "";
    const own = make("td", { class: "own number" }, make("span", { class: "amount", text: amount }));
    if (error) own.append(make("span", { class: "error", text: error }));
    own.append(barOf(longest > 0 ? row.own / longest : 0, {
      error: longest > 0 && error ? Math.sqrt(row.variance) / longest : 0, isChange,
    }));
    if (isByChance(figures, row.variance, row.own)) {
      own.title = "Not more than chance in the samples would make";
      own.classList.add("within");
    }
    const name = make("bdi", { class: "where", text: grouping === "line" || !isLine
      ? report.spot(row.place) : report.spot(row.place).replace(/:\d+(?= \(gone\)$|$)/, "") });
    const fn = grouping === "file" ? "" : report.functionName(row.place);
    const button = make("button", { class: "link", type: "button", tabindex: "-1" }, name);
    if (fn) button.append(make("bdi", { class: "function", text: fn }));
    const path = isLine ? report.head.files[report.file[row.place]] : undefined;
    const line = make("th", { class: "line", scope: "row", title: path }, button);
    const code = grouping === "line" ? report.codeAt(row.place) : "";
    const below = code || report.folder(row.place);
    if (below) line.append(make(code ? "code" : "bdi", { class: "snippet", text: below }));
    const small = (/** @type {string} */ kind, /** @type {string} */ text) =>
      make("td", {class : `number ${kind}`, text});
    element.dataset.place = String(row.place);
    element.replaceChildren(line, own, small("share", share),
      small(report.isDifference ? "total wide" : "total",
        row.total === 0 ? "" : figureText(figures, row.total)),
      ...row.more.map(([kind, amount, isCount]) =>
        small(kind, amount === 0 ? "" : amountText(amount, isCount))));
  }

  /** What no line holds, below the lines. */
  rest() {
    const { shown } = this;
    const { head } = shown.report;
    const { figures, filter } = shown;
    if (shown.report.isDifference) return this.restCompared();
    if (filter || figures.isChange || !["peak", "live"].includes(shown.measure)) return [];
    const left = figures.whole - head.baseline - (figures.value[0] ?? 0);
    const rows = [];
    if (head.baseline !== 0) rows.push(["Before the recording", head.baseline]);
    // What a rounding leaves is nothing.
    if (Math.abs(left) >= 1) {
      rows.push([head.isSampled ? "In no line (the samples' error)" : "In no line", left]);
    }
    return rows.map(([name, bytes]) => make("tr", { class: "rest" },
      make("th", { class: "line quiet", scope: "row", text: String(name) }),
      make("td", { class: "own number quiet", text: sizeText(Number(bytes)) }),
      make("td", { class: "number share", text: shareText(Number(bytes) / (figures.whole || 1)) }),
      make("td"), ...Array.from({ length: 3 }, () => make("td", { class: "wide" }))));
  }

  /** What changed in no line. */
  restCompared() {
    const { filter, measure, report } = this.shown;
    const rows = filter ? [] : (report.head.rest ?? []).filter((each) => each.measure === measure);
    return rows.map(({ text, before, after }) => make("tr", { class: "rest" },
      make("th", { class: "line quiet", scope: "row", text }),
      make("td", { class: "own number quiet", text: changeText(after - before, false) }),
      make("td", { class: "share" }), make("td", { class: "total wide" }),
      make("td", { class: "number then", text: sizeText(before) }),
      make("td", { class: "number then", text: sizeText(after) })));
  }

  /** All rows as text, with tabs between the cells. */
  get text() {
    const { report, figures } = this.shown;
    const heads = ["File", "Line", "Function", figures.heading, "With callees",
      ...(report.isDifference ? ["Before", "After"] : ["Live at end", "Allocated", "Allocations"])];
    if (figures.varianceOwn) heads.push("Standard error");
    const all = this.rows;
    const rows = this.firstOf(all, all.groups.length).map((group) => {
      const row = this.row(all, group);
      const isLine = report.kind[row.place] === Kind.line;
      const cells = [
        isLine ? report.head.files[report.file[row.place]] : report.where(row.place),
        isLine && this.shown.grouping === "line" ? String(report.line[row.place]) : "",
        this.shown.grouping === "file" ? "" : report.functionName(row.place),
        ...[row.own, row.total, ...row.more.map(([, amount]) => amount)].map(
          (each) => String(Math.round(each))),
      ];
      if (figures.varianceOwn) cells.push(String(Math.round(Math.sqrt(row.variance))));
      return cells.map((cell) => cell.replaceAll("\t", " ")).join("\t");
    });
    return [heads.join("\t"), ...rows].join("\n") + "\n";
  }

  async copy() {
    const isCopied = await copied(this.text);
    const count = counted(this.rows.groups.length, "row");
    say(isCopied ? `Copied ${count}` : "The browser does not let this page copy");
    byId("copy").textContent = isCopied ? "Copied" : "Not allowed";
    setTimeout(() => { byId("copy").textContent = "Copy"; }, 1500);
  }
}

/**
 * How much more or less it is than before.
 * @param {Row} row
 */
function relative(row) {
  if (row.before === 0 && row.after !== 0) return "new";
  if (row.after === 0 && row.before !== 0) return "gone";
  if (row.before === row.after) return "";
  const share = row.after / row.before - 1;
  if (share >= 9.5) return `×${countText(share + 1)}`;
  return `${share > 0 ? "+" : ""}${shareText(share)}`;
}

/** Has the table tell what was and what is, instead of other measures. */
function compareInHead() {
  const [live, allocated, allocations] = document.querySelectorAll("#table th.wide");
  for (const [cell, order, text] of /** @type {[HTMLElement, string, string][]} */ (
         [[live, "before", "Before"], [allocated, "after", "After"]])) {
    cell.className = "number then";
    cell.dataset.order = order;
    cell.replaceChildren(make("button", { type: "button", text }));
  }
  allocations.remove();
  document.querySelector("#table th.total")?.classList.add("wide");
}
