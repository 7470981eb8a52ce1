// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What is shown, in the page's address, so that a view can be sent to somebody.

/** @param {Shown} shown */
function addressOf(shown) {
  const parts = new URLSearchParams();
  if (shown.measure !== "peak") parts.set("show", shown.measure);
  if (shown.time) parts.set("time", shown.time.join("-"));
  if (shown.isZoomedInTime) parts.set("range", shown.range.map((ms) => ms.toFixed(1)).join("-"));
  if (shown.isInverted) parts.set("view", "callers");
  if (shown.path.length > 0) parts.set("frame", shown.path.join("."));
  if (shown.query) parts.set("search", shown.query);
  const hidden = [...shown.hidden].join(",");
  if (hidden !== [...shown.hiddenAtFirst].join(",")) parts.set("hide", hidden);
  if (shown.place !== shown.placeAtFirst) parts.set("place", String(shown.place ?? ""));
  if (shown.place === null && shown.file !== null) parts.set("file", String(shown.file));
  if (shown.grouping !== "line") parts.set("by", shown.grouping);
  if (shown.order !== "own" || shown.isRising) {
    parts.set("order", (shown.isRising ? "-" : "") + shown.order);
  }
  if (shown.filter) parts.set("filter", shown.filter);
  return parts.toString();
}

/**
 * Shows what an address says; what it says of nothing that there is, is left alone.
 * @param {Shown} shown
 * @param {string} address
 */
function goTo(shown, address) {
  const parts = new URLSearchParams(address);
  const { report } = shown;
  const text = (/** @type {string} */ name) => parts.get(name) ?? "";
  const stretch = (/** @type {string} */ name) => {
    const [from, to] = text(name).split("-").map(Number.parseFloat);
    return from >= 0 && to >= from ? /** @type {Stretch} */ ([from, to]) : null;
  };
  const within = (/** @type {string} */ name, /** @type {number} */ count) => {
    const number = /^\d+$/.test(text(name)) ? Number(text(name)) : count;
    return number < count ? number : null;
  };
  const time = stretch("time");
  const measure = /** @type {Measure} */ (text("show"));
  const order = /** @type {typeof TABLE_ORDER[number]} */ (text("order").replace("-", ""));
  const grouping = /** @type {Grouping} */ (text("by"));
  const place = parts.has("place") ? within("place", report.placeCount) : shown.placeAtFirst;
  shown.set({
    measure: MEASURE_NAMES.includes(measure) && (time || measure !== "moment") ? measure : "peak",
    isInverted: text("view") === "callers",
    path: text("frame").split(".").filter((part) => /^\d+$/.test(part)).map(Number),
    query: text("search"),
    hidden: parts.has("hide")
      ? new Set(text("hide").split(",").filter((key) => report.modules.some((module) => module.key === key)))
      : shown.hiddenAtFirst,
    place,
    file: place !== null && report.kind[place] === Kind.line
      ? report.file[place] : within("file", report.head.files.length) ?? shown.file,
    grouping: ["function", "file"].includes(grouping) ? grouping : "line",
    order: TABLE_ORDER.includes(order) ? order : "own",
    isRising: text("order").startsWith("-"),
    filter: text("filter"),
    time: null,
  });
  if (time) {
    const { measure: kept } = shown;
    shown.lookAt(time);
    shown.set({ measure: kept });
  }
  const range = stretch("range");
  if (range) shown.showTime(...range);
  else shown.showTime(...shown.all);
}

/**
 * Keeps the address up to date, and follows it where somebody else changes it.
 * @param {Shown} shown
 */
function followAddress(shown) {
  let written = location.hash.slice(1);
  let timer = 0;
  if (written) goTo(shown, written);
  const write = () => {
    timer = 0;
    const address = addressOf(shown);
    if (address === written) return;
    try {
      history.replaceState(null, "", `#${address}`);
      written = address;
    } catch {
      // A page in a frame may have no address of its own.
    }
  };
  shown.views.add(() => {
    // Browsers allow so many a second.
    if (!timer) timer = window.setTimeout(write, 200);
  });
  addEventListener("hashchange", () => {
    const address = location.hash.slice(1);
    if (address === written) return;
    written = address;
    goTo(shown, address);
  });
}
