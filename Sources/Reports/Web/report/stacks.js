// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The line that is looked at: all it holds, who called it, and what it calls.

const MOST_STACKS = 6;

class Stacks {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    this.drawn = "";
    shown.views.add(() => this.draw(), byId("below"));
  }

  draw() {
    const { shown } = this;
    const { report, place, figures } = shown;
    const key = `${place} ${figures.key}`;
    if (key === this.drawn) return;
    this.drawn = key;
    byId("chosen").hidden = place === null;
    if (place === null) return;
    const name = report.functionName(place);
    byId("chosen-name").replaceChildren(make("bdi", { text: report.where(place) }));
    if (name) byId("chosen-name").append(make("bdi", { class: "function", text: name }));
    const code = report.codeAt(place);
    byId("chosen-code").textContent = code;
    byId("chosen-code").hidden = !code;
    const { tree } = shown.shownTree;
    const isFirst = tree.outermost("line", shown.grouped.groups("line").of, report.placeCount);
    const nodes = Array.from(tree.nodesAt(place))
      .filter((node) => isFirst[node] === 1 && figures.weight[node] > 0);
    const size = figures.isChange ? figures.value : figures.weight;
    nodes.sort((a, b) => Math.abs(size[b]) - Math.abs(size[a]));
    this.drawAmounts(place);
    byId("stacks").replaceChildren(...nodes.slice(0, MOST_STACKS).map((node) => this.stackOf(node)));
    byId("stacks-heading").textContent = nodes.length === 0
      ? "Nothing of this measure is held through it"
      : nodes.length > MOST_STACKS
        ? `Called from (the heaviest ${MOST_STACKS} of ${counted(nodes.length, "stack")})` : "Called from";
    this.drawCallees(place);
  }

  /** @param {number} place */
  drawAmounts(place) {
    const { shown } = this;
    const { figuring, grouped, shownTree } = shown;
    /** @type {Measure[]} */
    const measures = ["peak", "live", "allocated", "allocations", "temporary"];
    if (shown.measure === "moment") measures.unshift("moment");
    const group = grouped.groups("line").of[place];
    const rows = measures.map((measure) => {
      const figures = figuring.of(measure, shown.time, shownTree);
      const { own, total, variance } = grouped.sums("line", shownTree.tree, figures);
      const error = errorBeside(figures, variance?.[group], own[group]);
      const row = make("tr", { class: measure === shown.measure ? "now" : "" },
        make(
          "th", { scope: "row", text: figures.isChange ? `${figures.heading}, change` : figures.heading }),
        make("td", { class: "number", text: figureText(figures, own[group]) + error }),
        make("td", { class: "number", text: figureText(figures, total[group]) }));
      return row;
    });
    byId("amounts").replaceChildren(...rows);
  }

  /** @param {number} node */
  stackOf(node) {
    const { shown } = this;
    const { report, figures } = shown;
    const { tree } = shown.shownTree;
    const path = tree.pathTo(node);
    const words = figureText(figures, figures.value[node]);
    const names = path.slice(0, -1).map((each) => {
      const place = tree.place[each];
      return `${report.functionName(place)} ${report.where(place)}`.trim();
    });
    const shownNames = names.length > 7 ? [...names.slice(0, 2), "…", ...names.slice(-4)] : names;
    const button = make("button", { class: "stack", type: "button", title: "Show it in the flame graph" },
      make("b", { text: words }));
    for (const [index, text] of shownNames.entries()) {
      if (index > 0) button.append(make("span", { class: "arrow", text: "›" }));
      button.append(make("bdi", { text }));
    }
    if (names.length === 0) button.append(make("span", { class: "quiet", text: "directly" }));
    button.addEventListener("click", () => {
      shown.set({ isInverted: false, path: path.map((each) => tree.place[each]) });
      byId("flame").focus({ preventScroll: true });
    });
    return make("li", {}, button);
  }

  /**
   * What the line calls, by what is held there.
   * @param {number} place
   */
  drawCallees(place) {
    const { shown } = this;
    const { report, figures } = shown;
    const { tree } = shown.shownTree;
    /** @type {Map<number, number>} */
    const sums = new Map();
    const { start, list } = tree.children;
    for (const above of tree.nodesAt(place)) {
      for (const node of list.subarray(start[above], start[above + 1])) {
        const where = tree.place[node];
        if (where === place || figures.weight[node] <= 0) continue;
        sums.set(where, (sums.get(where) ?? 0) + figures.value[node]);
      }
    }
    const heaviest = [...sums].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, MOST_STACKS);
    byId("callees-heading").hidden = heaviest.length === 0;
    byId("callees").replaceChildren(...heaviest.map(([where, amount]) => {
      const button = make("button", { class: "stack", type: "button" },
        make("b", { text: figureText(figures, amount) }),
        make("bdi", { text: report.functionName(where) }), make("bdi", { text: report.where(where) }));
      button.addEventListener("click", () => shown.choose(where));
      return make("li", {}, button);
    }));
  }
}
