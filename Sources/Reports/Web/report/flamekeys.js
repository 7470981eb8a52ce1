// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The mouse, the finger and the keyboard on the flame graph.

/** @param {Flame} flame */
function followFlame(flame) {
  const { area, canvas, shown } = flame;
  const tip = byId("tip");
  const at = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return flame.frameAt(event.clientX - box.left, event.clientY - box.top);
  };
  area.addEventListener("pointermove", (event) => {
    const frame = at(event);
    canvas.style.cursor = frame ? "pointer" : "default";
    if (frame !== flame.pointed) {
      flame.pointed = frame;
      flame.draw();
      if (frame) fillTip(tip, flame, frame);
    }
    tip.hidden = !frame || event.pointerType === "touch";
    if (frame) placeTip(tip, event);
  });
  area.addEventListener("pointerleave", () => {
    flame.pointed = null;
    tip.hidden = true;
    flame.draw();
  });
  canvas.addEventListener("click", (event) => {
    const frame = at(event);
    tip.hidden = true;
    if (frame) flame.zoom(frame);
  });
  area.addEventListener("focus", () => {
    flame.focus ??= flame.zoomed;
    flame.draw();
    tellFrame(flame);
  });
  area.addEventListener("blur", () => flame.draw());
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = flame.focus ?? flame.zoomed;
    if (event.key === "Enter" || event.key === " ") flame.zoom(focus);
    else if (event.key === "Escape" || event.key === "Backspace") flame.back();
    else if (event.key === "Home") shown.set({ path: [] });
    else if (!walk(flame, focus, event.key)) return;
    if (event.key === "Home") flame.focus = flame.frames.root;
    event.preventDefault();
    tellFrame(flame);
  });
}

/**
 * Goes to the frame above, below or beside one.
 * @param {Flame} flame
 * @param {Frame} focus
 * @param {string} key
 * @returns {boolean}  whether the key is one for that
 */
function walk(flame, focus, key) {
  if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(key)) return false;
  /** @type {Frame | null | undefined} */
  let next = null;
  if (key === "ArrowUp") {
    next = focus.parent;
  } else if (key === "ArrowDown") {
    // One that is not in the picture cannot be gone to.
    const below = flame.row(focus.depth + 1);
    next = below.find((box) => box.frame.parent === focus || isBelow(box.frame, focus))?.frame;
  } else {
    const row = flame.row(focus.depth);
    const index = row.findIndex((box) => box.frame === focus);
    next = row[index + (key === "ArrowLeft" ? -1 : 1)]?.frame;
  }
  if (next) {
    flame.focus = next;
    const y = next.depth * ROW;
    const { area } = flame;
    if (y < area.scrollTop) area.scrollTop = y;
    else if (y + ROW > area.scrollTop + area.clientHeight) area.scrollTop = y + ROW - area.clientHeight;
    flame.draw();
  }
  return true;
}

/**
 * @param {Frame} frame
 * @param {Frame} above
 */
function isBelow(frame, above) {
  for (let each = frame.parent; each; each = each.parent) if (each === above) return true;
  return false;
}

/** @param {Flame} flame */
function tellFrame(flame) {
  if (!flame.focus) return;
  const { name, amount, share } = flame.words(flame.focus);
  const below = flame.frames.countBelow(flame.focus);
  const relation = flame.shown.isInverted ? "caller" : "callee";
  say(`${name}: ${amount}${share}; ${counted(below, relation)}`);
}

/**
 * @param {HTMLElement} tip
 * @param {Flame} flame
 * @param {Frame} frame
 */
function fillTip(tip, flame, frame) {
  const { report, figures } = flame.shown;
  const { amount, share } = flame.words(frame);
  const name = report.functionName(frame.place);
  const code = report.codeAt(frame.place);
  tip.replaceChildren(
    make("div", { class: "tip-name", text: name || report.where(frame.place) }),
    make("div", { class: "quiet", text: name ? report.where(frame.place) : "" }),
    make("div", {}, make("b", { text: amount }), share),
  );
  if (figures.before && frame.node >= 0) {
    const was = figures.before[frame.node];
    const [from, to] = [was, was + frame.value].map((each) => amountText(each, figures.isCount));
    tip.append(make("div", { text: `${from} → ${to}` }));
  }
  if (frame.own !== frame.value && !flame.shown.isInverted) {
    const text = `${figureText(figures, frame.own)} of it in this line itself`;
    tip.append(make("div", { class: "quiet", text }));
  }
  if (code) tip.append(make("code", { text: code }));
}

/**
 * @param {HTMLElement} tip
 * @param {MouseEvent} event
 */
function placeTip(tip, event) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const x = event.clientX + 14 + width > innerWidth ? event.clientX - width - 14 : event.clientX + 14;
  const y = event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18;
  tip.style.left = `${Math.max(4, x)}px`;
  tip.style.top = `${Math.max(4, y)}px`;
}
