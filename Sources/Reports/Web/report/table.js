// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines that hold memory, as a table.

/**
 * @typedef {{place: number, own: number, total: number, variance: number, before: number, after: number,
 *   more: [string, number, boolean][]}} Row
 * `more` are figures besides, each with its name and whether it counts blocks.
 * @typedef {{key: string, groups: number[], sums: Sums, place: Int32Array, longest: number}} Rows
 */

const ROWS_AT_FIRST = 40;

class LineTable {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.body = byId("rows");
    this.limit = ROWS_AT_FIRST;
    this.drawn = "";
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
    shown.listeners.push(() => this.draw());
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
    next?.querySelector("button")?.focus();
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
    for (let node = 0; node < own.length; node += 1) {
      sums[of[tree.place[map ? map[node] : node]]] += own[node];
    }
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
      if (wanted && !this.textOf(place[group]).toLowerCase().includes(wanted)) continue;
      groups.push(group);
    }
    const { own, total } = sums;
    const sizes = order === "own" || order === "line" ? own : order === "total" ? total
      : order === "before" || order === "after" ? this.compared[order] : this.column(order);
    /** @type {(a: number, b: number) => number} */
    const compare = order === "line"
      ? (a, b) => this.compareLines(place[a], place[b])
      : (a, b) => Math.abs(sizes[a]) - Math.abs(sizes[b]) || Math.abs(total[a]) - Math.abs(total[b]) || b - a;
    groups.sort(isRising ? compare : (a, b) => compare(b, a));
    let longest = 0;
    for (const group of groups) {
      const error = sums.variance && !figures.isCount ? Math.sqrt(sums.variance[group]) : 0;
      longest = Math.max(longest, Math.abs(sums.own[group]) + error);
    }
    this.made = { key, groups, sums, place, longest };
    return this.made;
  }

  /**
   * @param {Rows} rows
   * @param {number} index
   * @returns {Row}
   */
  row({ groups, sums, place }, index) {
    const { isCount } = this.shown.figures;
    const group = groups[index];
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

  /**
   * @param {number} a
   * @param {number} b
   */
  compareLines(a, b) {
    const { report } = this.shown;
    const [x, y] = [report.file[a], report.file[b]].map((file) => report.head.short[file] ?? "\uffff");
    return (x < y ? -1 : x > y ? 1 : 0) || report.line[a] - report.line[b];
  }

  /** @param {number} place */
  textOf(place) {
    const { report, grouping } = this.shown;
    if (report.kind[place] !== Kind.line) return report.where(place);
    const file = report.head.short[report.file[place]] ?? "?";
    if (grouping === "file") return file;
    if (grouping === "function") return `${file} ${report.functionName(place)}`;
    return `${report.where(place)} ${report.functionName(place)}`;
  }

  draw() {
    const { shown } = this;
    const { figures, place } = shown;
    const { rows } = this;
    const count = rows.groups.length;
    /** @type {HTMLInputElement} */ (byId("filter")).value = shown.filter;
    /** @type {HTMLSelectElement} */ (byId("grouping")).value = shown.grouping;
    const key = `${this.made?.key} ${this.limit} ${place}`;
    if (key === this.drawn) return;
    this.drawn = key;
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
    const focused = document.activeElement?.closest("#rows tr");
    const kept = focused instanceof HTMLElement ? focused.dataset.place : undefined;
    const first = rows.groups.slice(0, this.limit);
    this.body.replaceChildren(
      ...first.map((_, index) => this.rowOf(this.row(rows, index), rows.longest)), ...this.rest());
    if (kept) {
      const button = this.body.querySelector(`tr[data-place="${kept}"] button`);
      if (button instanceof HTMLElement) button.focus();
    }
    byId("more").hidden = count <= this.limit;
    byId("more").textContent = `Show more of ${countText(count)}`;
    byId("no-rows").hidden = count > 0;
    byId("no-rows").textContent = shown.filter ? "No line has this in its name."
      : figures.isChange ? "Nothing changed." : "Nothing was held.";
  }

  /**
   * @param {Row} row
   * @param {number} longest
   */
  rowOf(row, longest) {
    const { report, figures, grouping, place } = this.shown;
    const { isChange } = figures;
    const isLine = report.kind[row.place] === Kind.line;
    const amount = row.own === 0 ? "0" : figureText(figures, row.own);
    const error = errorBeside(figures, row.variance, row.own);
    const share = row.own !== 0 && isByChance(figures, row.variance, row.own) ? "within ±"
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
    const button = make("button", { class: "link", type: "button" }, name);
    if (fn) button.append(make("bdi", { class: "function", text: fn }));
    const path = isLine ? report.head.files[report.file[row.place]] : undefined;
    const line = make("th", { class: "line", scope: "row", title: path }, button);
    const code = grouping === "line" ? report.codeAt(row.place) : "";
    const below = code || report.folder(row.place);
    if (below) line.append(make(code ? "code" : "bdi", { class: "snippet", text: below }));
    const small = (/** @type {string} */ kind, /** @type {string} */ text) =>
      make("td", {class : `number ${kind}`, text});
    const made = make("tr", { "data-place": String(row.place) }, line, own,
      small(report.isDifference ? "share then" : "share", share),
      small(report.isDifference ? "total wide" : "total", row.total === 0 ? "" : figureText(figures, row.total)),
      ...row.more.map(([kind, amount, isCount]) =>
        small(kind, amount === 0 ? "" : amountText(amount, isCount))));
    if (row.place === place) made.setAttribute("aria-selected", "true");
    if (row.place === place) made.classList.add("chosen");
    return made;
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
      make("td", { class: "share then" }), make("td", { class: "total wide" }),
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
    const rows = all.groups.map((_, index) => {
      const row = this.row(all, index);
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
  byId("share-heading").classList.add("then");
}
