// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Elements of the page. Text comes in as text only.

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
function byId(id) {
  return /** @type {T} */ (document.getElementById(id));
}

/**
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {{class?: string, text?: string, title?: string, [attribute: string]: string | undefined}}
 *   attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[N]}
 */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (key === "text") element.textContent = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/**
 * A bar behind a figure; a share may be below nothing, and has an error.
 * @param {number} share  of the longest bar
 * @param {{callees?: number, error?: number, isChange?: boolean}} more
 */
function barOf(share, { callees = 0, error = 0, isChange = false } = {}) {
  const kind = share < 0 || callees < 0 ? "bar less" : isChange ? "bar more" : "bar";
  const bar = make("span", { class: kind, "aria-hidden": "true" });
  const size = Math.min(1, Math.abs(share));
  const wider = Math.min(1, Math.abs(callees));
  if (wider > size) bar.append(piece("callees", 0, wider));
  if (size > 0) bar.append(piece("fill", 0, size));
  if (error > 0) {
    const low = Math.max(0, size - error);
    bar.append(piece("whisker", low, Math.min(1, size + error) - low));
  }
  return bar;
}

/**
 * @param {string} name
 * @param {number} from
 * @param {number} length
 */
function piece(name, from, length) {
  const element = make("span", { class: name });
  element.style.left = `${(from * 100).toFixed(2)}%`;
  element.style.width = `${(length * 100).toFixed(2)}%`;
  return element;
}

/**
 * Has the tabulator stop at one button of many, between which the arrows go.
 * @param {Element} area
 * @param {Element} button
 */
function stopAt(area, button) {
  if (button.getAttribute("tabindex") === "0") return;
  for (const each of area.querySelectorAll('button[tabindex="0"]')) each.setAttribute("tabindex", "-1");
  button.setAttribute("tabindex", "0");
}

/** Whether what moves should not. */
function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * What a reader of the screen is told.
 * @param {string} words
 */
function say(words) {
  byId("said").textContent = words;
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}  whether it is in the clipboard
 */
async function copied(text) {
  // The old way asks for no permission, which a page in a frame does not get.
  const kept = document.activeElement;
  const field = make("textarea", { class: "away" });
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (kept instanceof HTMLElement) kept.focus({ preventScroll: true });
  if (isCopied) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
