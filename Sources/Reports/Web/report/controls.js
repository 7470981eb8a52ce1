// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Buttons and fields: what is measured, which way up, what is searched and what is hidden.

/** @param {Shown} shown */
function makeMeasures(shown) {
  const group = byId("measures");
  const buttons = MEASURE_NAMES.map((measure) => {
    const button = make("button", { type: "button", role: "radio", title: WORDS[measure][2] });
    button.addEventListener("click", () => shown.set({ measure }));
    group.append(button);
    return { measure, button };
  });
  group.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const usable = buttons.filter(({ button }) => !button.disabled);
    const index = usable.findIndex(({ measure }) => measure === shown.measure);
    const next = usable[(index + by + usable.length) % usable.length];
    shown.set({ measure: next.measure });
    next.button.focus();
    event.preventDefault();
  });
  shown.views.add(() => {
    for (const { measure, button } of buttons) {
      const isOn = measure === shown.measure;
      button.textContent = headingOf(measure, shown.time, shown.report);
      button.setAttribute("aria-checked", String(isOn));
      button.tabIndex = isOn ? 0 : -1;
      button.disabled = measure === "moment" && !shown.time;
    }
  });
}

/** @param {Shown} shown */
function makeDirection(shown) {
  for (const [id, isInverted] of /** @type {[string, boolean][]} */ (
         [["callees-view", false], ["callers-view", true]])) {
    const button = byId(id);
    button.addEventListener("click", () => shown.set({ isInverted, path: [] }));
    shown.views.add(
      () => button.setAttribute("aria-pressed", String(shown.isInverted === isInverted)));
  }
}

/** @param {Shown} shown */
function makeSearch(shown) {
  const field = /** @type {HTMLInputElement} */ (byId("search"));
  field.addEventListener("input", () => shown.set({ query: field.value }));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    field.value = "";
    shown.set({ query: "" });
    event.preventDefault();
  });
  shown.views.add(() => {
    if (field.value !== shown.query) field.value = shown.query;
    const isBad = shown.query !== "" && !shown.pattern;
    field.setAttribute("aria-invalid", String(isBad));
    byId("found").textContent = isBad ? "Not a regular expression" : foundText(shown);
  });
}

/** @param {Shown} shown */
function foundText(shown) {
  const { found, figures } = shown;
  if (!found) return "";
  if (found.frames === 0) return "Nothing found";
  const share = shareText(found.weight / (figures.whole || 1));
  return `${share}, ${figureText(figures, found.value)} in ${counted(found.frames, "frame")}`;
}

/**
 * Modules, those that hold most first, with a box for each.
 * @param {Shown} shown
 */
function makeHiding(shown) {
  const { report } = shown;
  const box = /** @type {HTMLDetailsElement} */ (byId("hide"));
  const list = byId("modules");
  const filled = () => {
    /** @type {Map<string, Module & {bytes: number}>} */
    const modules = new Map();
    const own = report.numbers("node.peak");
    for (let node = 0; node < own.length; node += 1) {
      const place = report.tree.place[node];
      if (report.kind[place] !== Kind.line) continue;
      const module = report.modules[report.file[place]];
      const bytes = (modules.get(module.key)?.bytes ?? 0) + own[node];
      modules.set(module.key, { ...module, bytes });
    }
    const sorted = [...modules.values()].sort((a, b) => b.bytes - a.bytes || (a.key < b.key ? -1 : 1));
    list.replaceChildren(librariesBox(shown), ...sorted.slice(0, 300).map(({ key, name, isLibrary, bytes }) => {
      const check = make("input", { type: "checkbox", value: key });
      check.checked = shown.hidden.has(key);
      check.addEventListener("change", () => {
        const hidden = new Set(shown.hidden);
        if (check.checked) hidden.add(key);
        else hidden.delete(key);
        shown.set({ hidden });
      });
      const text = [isLibrary ? "library" : "", bytes > 0 ? sizeText(bytes) : ""].join(" ").trim();
      const words = make("span", { class: "quiet", text });
      return make("li", {}, make("label", {}, check, make("bdi", { text: name }), words));
    }));
  };
  box.addEventListener("toggle", () => {
    if (box.open && list.childElementCount === 0) filled();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary")?.focus();
  });
  addEventListener("pointerdown", (event) => {
    if (box.open && !box.contains(/** @type {Node} */ (event.target))) box.open = false;
  });
  shown.views.add(() => {
    byId("hide-summary").textContent = hiddenText(shown);
    for (const check of /** @type {NodeListOf<HTMLInputElement>} */ (list.querySelectorAll("input[value]"))) {
      check.checked = shown.hidden.has(check.value);
    }
  });
}

/** @param {Shown} shown */
function hidesAllLibraries({ hidden, report }) {
  return [...report.libraries].every((key) => hidden.has(key));
}

/** @param {Shown} shown */
function hiddenText(shown) {
  const { size } = shown.hidden;
  if (size === 0) return "Hide modules";
  const isLibraries = size === shown.report.libraries.size && hidesAllLibraries(shown);
  return isLibraries ? "Libraries hidden" : `${counted(size, "module")} hidden`;
}

/**
 * One box for all that is not the program's own.
 * @param {Shown} shown
 */
function librariesBox(shown) {
  const { libraries } = shown.report;
  const check = make("input", { type: "checkbox" });
  check.addEventListener("change", () => {
    const others = [...shown.hidden].filter((key) => !libraries.has(key));
    shown.set({ hidden: new Set(check.checked ? [...others, ...libraries] : others) });
  });
  const update = () => {
    check.checked = libraries.size > 0 && hidesAllLibraries(shown);
  };
  update();
  shown.views.add(update);
  const words = make("span", { class: "quiet", text: "count with their callers" });
  const item = make("li", {}, make("label", {}, check, make("b", { text: "All libraries" }), words));
  item.hidden = libraries.size === 0;
  return item;
}

/**
 * What colours and widths mean.
 * @param {Shown} shown
 * @returns {(Node | string)[]}
 */
function legendOf(shown) {
  const { figures, isInverted } = shown;
  if (figures.isChange) {
    const same = figures.varianceOwn ? "as before, or within the error" : "as before";
    return ["less ", make("i", { class: "scale", "aria-hidden": "true" }),
      ` more; grey: ${same}. As wide as the larger of both.`];
  }
  if (isInverted) return ["Below each line those that called it"];
  return ["Deeper: holds more itself; grey: libraries"];
}

/**
 * What the flame graph shows, and the way out.
 * @param {Shown} shown
 * @param {Flame} flame
 */
function makeTrail(shown, flame) {
  byId("whole").addEventListener("click", () => shown.set({ path: [] }));
  shown.views.add(() => {
    const { zoomed } = flame;
    const { name, amount, share } = flame.words(zoomed);
    const isWhole = zoomed.parent === null;
    byId("whole").hidden = isWhole;
    byId("trail").replaceChildren(make("bdi", { text: isWhole ? flame.shown.figures.heading : name }),
      make("span", {}, make("b", { text: amount }), share));
    byId("flame-legend").replaceChildren(...legendOf(shown));
  });
}

/**
 * @param {Shown} shown
 * @param {Timeline} timeline
 */
function makeTimeButtons(shown, timeline) {
  byId("to-peak").addEventListener("click", () => {
    shown.lookAt(null);
    shown.set({ measure: "peak" });
  });
  byId("time-in").addEventListener("click", () => {
    const { time } = shown;
    if (time && time[1] > time[0]) shown.showTime(...time);
    else zoomTime(shown, 0.5, time ? time[0] : shown.report.head.peak.ms);
  });
  byId("time-all").addEventListener("click", () => shown.showTime(...shown.all));
  byId("time-clear").addEventListener("click", () => shown.lookAt(null));
  const legend = byId("bands");
  const line = (/** @type {string} */ kind, /** @type {string} */ text) =>
    make("li", {}, make("span", { class: "band" },
      make("i", { class: `swatch ${kind}`, "aria-hidden": "true" }), text));
  if (timeline.bands.length > 1) {
    legend.append(...timeline.bands.map((band) => {
      const swatch = make("i", { class: "swatch", "aria-hidden": "true" });
      swatch.style.background = `var(--pl-c${band.color})`;
      const words = [make("bdi", { text: band.label }), make("b", { text: sizeText(band.peak) })];
      if (band.ending) words.push(make("span", { class: "quiet", text: band.ending }));
      if (band.place < 0) return make("li", {}, make("span", { class: "band" }, swatch, ...words));
      const title = "The most it held; a click shows only this in the flame graph";
      const button = make("button", { class: "band", type: "button", title }, swatch, ...words);
      button.addEventListener("click", () => showBand(shown, band.place));
      return make("li", {}, button);
    }));
  }
  const { baseline, before } = shown.report.head;
  if (baseline > 0) legend.append(line("grey", `${before ? "There when it began" : "Before it began"} ${sizeText(baseline)}`));
  const isStacked = timeline.bands.length > 1;
  if (before) legend.append(line(isStacked ? "plain stacked" : "plain", "After"), line("dashed", "Before"));
  if (timeline.hasResident) legend.append(line("dotted", "Resident memory"));
  shown.views.add(() => {
    byId("time-all").hidden = !shown.isZoomedInTime;
    byId("time-clear").hidden = shown.time === null;
    byId("time-said").textContent = timeSentence(shown);
  });
}

/**
 * What is selected in time, in words.
 * @param {Shown} shown
 */
function timeSentence(shown) {
  const { time, report, figuring } = shown;
  if (!time) return "Click a moment or draw a stretch, and everything shows it.";
  const heading = headingOf("moment", time, report);
  if (time[0] === time[1]) {
    const words = `${heading}: ${sizeText(inUseAt(report.moments, time[0]) ?? 0)} in use`;
    const was = usageBefore(report, time[0]);
    return was === null ? words : `${words}; before: ${sizeText(was)}`;
  }
  const { value } = figuring.of("moment", time, shown.shownTree);
  return `${heading}: ${changeText(value[0] ?? 0, false)}`;
}

/**
 * The flame graph of one process or thread.
 * @param {Shown} shown
 * @param {number} place
 */
function showBand(shown, place) {
  const { tree } = shown.shownTree;
  const node = tree.place.indexOf(place);
  if (node > 0) shown.set({ isInverted: false, path: tree.pathTo(node).map((each) => tree.place[each]) });
}
