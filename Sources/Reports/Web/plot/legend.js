// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The curves by name: each is a button that hides it or shows it again.

class Legend {
  /**
   * @param {HTMLElement} box
   * @param {State} state
   */
  constructor(box, state) {
    this.state = state;
    box.hidden = state.curves.length < 2;
    /** @type {Map<Curve, HTMLElement>} */
    this.buttons = new Map();
    for (const curve of state.curves) {
      const button = element("button", "", "curve");
      button.setAttribute("type", "button");
      button.title = "Hide or show; with Shift this one alone";
      button.append(swatch(curve.color), element("span", curve.name, "name"));
      button.append(element("span", memoryText(curve.peak), "quiet"));
      button.addEventListener("click", (event) => this.toggle(curve, event.shiftKey));
      this.buttons.set(curve, button);
      box.append(button);
    }
    const hidden = state.plot.runs.reduce((sum, run) => sum + run.hiddenChildren, 0);
    if (hidden > 0) {
      box.append(element("span", `${hidden} smaller children are not drawn`, "quiet"));
    }
    state.listeners.push(() => this.update());
  }

  /**
   * @param {Curve} curve
   * @param {boolean} isAlone
   */
  toggle(curve, isAlone) {
    if (isAlone) for (const each of this.state.curves) each.isShown = each === curve;
    else curve.isShown = !curve.isShown;
    this.state.changed();
  }

  update() {
    for (const [curve, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(curve.isShown));
    }
  }
}
