// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Colours, which the style sheet knows, for canvases.

class Shades {
  constructor() {
    this.probe = make("span", { hidden: "hidden" });
    document.body.append(this.probe);
    /** @type {Map<string, number[]>} */
    this.known = new Map();
    /**
     * Of frames, by what they show.
     * @type {Map<number, {fill: string, text: string}>}
     */
    this.paints = new Map();
  }

  /** Forgets all, since the page is light or dark now. */
  clear() {
    this.known.clear();
    this.paints.clear();
  }

  /**
   * @param {string} name  of a variable, without its dashes
   * @returns {number[]}  red, green, blue
   */
  rgb(name) {
    let found = this.known.get(name);
    if (!found) {
      this.probe.style.color = `var(--${name})`;
      const parts = getComputedStyle(this.probe).color.match(/[\d.]+/g) ?? ["0", "0", "0"];
      found = parts.slice(0, 3).map(Number);
      this.known.set(name, found);
    }
    return found;
  }

  /** @param {string} name */
  css(name) {
    return inCSS(this.rgb(name));
  }

  /**
   * A colour so far from one to another.
   * @param {string} from
   * @param {string} to
   * @param {number} share
   */
  mixed(from, to, share) {
    return between(this.rgb(from), this.rgb(to), share);
  }

  /**
   * The colour of text that can be read on another.
   * @param {number[]} background
   */
  readable(background) {
    // Of black and white one has a contrast of 4.5 to any colour.
    return contrast([0, 0, 0], background) >= contrast([255, 255, 255], background) ? "#000" : "#fff";
  }
}

/**
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} share
 */
function between(from, to, share) {
  return from.map((part, index) => part + (to[index] - part) * share);
}

/** @param {number[]} rgb */
function inCSS(rgb) {
  return `rgb(${rgb.map(Math.round).join(" ")})`;
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** @param {number[]} rgb */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * A canvas as large as its element, in the device's own pixels, and empty.
 * @param {HTMLCanvasElement} canvas
 */
function blank(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across) canvas.width = across;
  if (canvas.height !== down) canvas.height = down;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px system-ui, -apple-system, 'Segoe UI', sans-serif";
  context.textBaseline = "middle";
  context.direction = "ltr";
  return { context, width, height };
}
