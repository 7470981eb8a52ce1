// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// Puts the parts together. This is the last file of the script; the others only say what there is.

/**
 * @param {Shown} shown
 * @param {Shades} shades
 * @param {() => void} redraw
 */
function followTheme(shown, shades, redraw) {
  const { dataset } = document.documentElement;
  const again = () => {
    shades.clear();
    redraw();
  };
  byId("theme").addEventListener("click", () => {
    const isDark =
      dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = isDark ? "light" : "dark";
    again();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  // Paper is white.
  const paper = matchMedia("print");
  /** @type {string | undefined} */
  let kept;
  const toPaper = (/** @type {boolean} */ isPaper) => {
    if (isPaper === (dataset.isPaper === "yes")) return;
    if (isPaper) {
      kept = dataset.theme;
      dataset.isPaper = "yes";
      dataset.theme = "light";
    } else {
      delete dataset.isPaper;
      if (kept) dataset.theme = kept;
      else delete dataset.theme;
    }
    shades.clear();
    shown.views.showAll();
  };
  paper.addEventListener("change", () => toPaper(paper.matches));
  addEventListener("beforeprint", () => toPaper(true));
  addEventListener("afterprint", () => toPaper(false));
}

/** @param {Report} report */
function open(report) {
  const shown = new Shown(report);
  const shades = new Shades();
  fillSummary(shown);
  const timeline = new Timeline(shown, shades);
  const flame = new Flame(shown, shades);
  new LineTable(shown);
  new SourceView(shown);
  new Stacks(shown);
  followTime(timeline);
  followFlame(flame);
  makeMeasures(shown);
  makeDirection(shown);
  makeSearch(shown);
  makeHiding(shown);
  makeTrail(shown, flame);
  makeTimeButtons(shown, timeline);
  makeMarks(shown);
  followTheme(shown, shades, () => {
    timeline.drawn = "";
    shown.set({});
  });
  followAddress(shown);
  byId("copy-link").addEventListener("click", async () => {
    const isCopied = await copied(`${location.href.split("#")[0]}#${addressOf(shown)}`);
    say(isCopied ? "The address of this view is copied" : "The browser does not let this page copy");
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(?:INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")) {
      return;
    }
    event.preventDefault();
    byId("search").focus();
  });
  const watcher = new ResizeObserver(() => shown.set({}));
  watcher.observe(byId("timeline"));
  watcher.observe(byId("flame"));
  document.documentElement.classList.add("ready");
  shown.views.show();
}

async function begin() {
  try {
    open(await readReport(byId("report").textContent ?? "", byId("columns").textContent ?? ""));
  } catch (error) {
    byId("trouble").hidden = false;
    byId("trouble").textContent =
      `This page could not be read: ${error instanceof Error ? error.message : error}`;
  }
}

await begin();
