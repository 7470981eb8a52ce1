// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Puts the parts together.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
function byId(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/**
 * A button that turns something on and off.
 * @param {string} id
 * @param {State} state
 * @param {() => boolean} isOn
 * @param {() => void} press
 */
function switchButton(id, state, isOn, press) {
  const button = byId(id);
  button.addEventListener("click", () => {
    press();
    state.changed();
  });
  state.listeners.push(() => button.setAttribute("aria-pressed", String(isOn())));
}

function start() {
  const plot = readPlot(byId("data").textContent ?? "");
  const state = new State(plot);
  const area = byId("area");
  const chart = new Chart(byId("chart"), byId("overlay"), state);
  new Lanes(byId("lanes"), state, chart);
  new Readout(byId("readout"), state, chart);
  new Legend(byId("legend"), state);
  followPointer(area, state, chart);
  followKeys(area, state);
  switchButton("stack", state, () => state.isStacked, () => {
    state.isStacked = !state.isStacked;
  });
  switchButton("zero", state, () => state.isFromZero, () => {
    state.isFromZero = !state.isFromZero;
  });
  byId("stack").hidden = !plot.runs.some((run) => run.curves.length > 1);
  byId("in").addEventListener("click", () => state.zoom(0.5, state.cursor ?? middle(state)));
  byId("out").addEventListener("click", () => state.zoom(2, middle(state)));
  byId("all").addEventListener("click", () => state.showAll());
  byId("peak").addEventListener("click", () => goToPeak(state));
  state.listeners.push(() => {
    byId("all").toggleAttribute("disabled", !state.isZoomed);
    byId("out").toggleAttribute("disabled", !state.isZoomed);
  });
  byId("theme").addEventListener("click", () => {
    const { dataset } = document.documentElement;
    const isDark = dataset.theme
      ? dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = isDark ? "light" : "dark";
    state.changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.changed());
  new ResizeObserver(() => state.changed()).observe(area);
  document.documentElement.classList.add("ready");
  addEventListener("beforeprint", () => state.pointAt(null));
  state.changed();
}

/** @param {State} state */
function middle(state) {
  return (state.window[0] + state.window[1]) / 2;
}

start();
