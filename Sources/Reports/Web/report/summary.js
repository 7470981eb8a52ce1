// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the recording was, in figures and sentences.

/** @param {Shown} shown */
function fillSummary(shown) {
  const { report } = shown;
  const { head } = report;
  document.title = `${head.title || "Memory"} – memory`;
  byId("title").textContent = head.title || "A recording";
  byId("about").classList.toggle("rows", head.before !== undefined);
  byId("about").replaceChildren(...head.about.map((text) => make("span", { text })));
  const step = Math.max(10, head.step);
  const figures = byId("figures");
  const put =
    (/** @type {string} */ name, /** @type {string} */ amount, /** @type {string} */ more, kind = "") => {
      figures.append(make("div", { class: kind }, make("dt", { text: name }),
        make("dd", {}, make("b", { text: amount }), make("span", { text: more }))));
    };
  const before = head.before;
  if (before) {
    const change = head.peak.bytes - before.peak.bytes;
    const part = shareText(change / before.peak.bytes);
    const share = before.peak.bytes > 0 ? ` (${change > 0 ? "+" : ""}${part})` : "";
    const both = (/** @type {number} */ was, /** @type {number} */ is) =>
      `${sizeText(was)} → ${sizeText(is)}`;
    const peaks = both(before.peak.bytes, head.peak.bytes) + share;
    put("Change of the peak", changeText(change, false), peaks, change > 0 ? "peak" : "");
    const left = changeText(head.end.bytes - before.end.bytes, false);
    put("Left at the end", left, both(before.end.bytes, head.end.bytes));
    put("Duration", timeText(head.duration, step), `before ${timeText(before.duration, step)}`);
  } else {
    const { bytes, ms } = head.peak;
    const when = `at ${timeText(ms, step)} of ${timeText(head.duration, step)}`;
    put("Peak", sizeText(bytes), bytes > 0 ? when : "", "peak");
    const part = bytes > 0 ? `${shareText(head.end.bytes / bytes)} of the peak` : "";
    put("Left at the end", sizeText(head.end.bytes), part);
    const allocated = report.numbers("node.allocated").reduce((sum, each) => sum + each, 0);
    const blocks = report.numbers("node.allocations").reduce((sum, each) => sum + each, 0);
    put("Allocated", sizeText(allocated), `in ${counted(blocks, "block")}`);
    if (head.baseline !== 0) put("Before it began", sizeText(head.baseline), "not of this recording");
    if (head.peak.resident) {
      put("Resident at the peak", sizeText(head.peak.resident), "given by the kernel");
    }
  }
  fillFindings(shown);
  const notes = [...head.notes];
  if (head.folded) {
    const { nodes, share, changes } = head.folded;
    const words = [];
    if (nodes > 0) {
      const size = share > 0 ? `hold at most ${shareText(share)} of anything each` : "hold nothing";
      words.push(`${counted(nodes, "frame")} that ${size} count with their callers`);
    }
    if (changes > 0) words.push(`${countText(changes)} changes in between are left out`);
    if (words.length > 0) notes.push(`To keep this page small, ${words.join("; ")}.`);
  }
  if (head.isSampled && !head.before) {
    notes.push(`About one block in each ${sizeText(head.interval)} was recorded: amounts of lines are ` +
      "estimates, and “±” is their standard error. The peak and its moment were counted.");
  }
  byId("notes").replaceChildren(...notes.map((text) => make("li", { text })));
}

/** @param {Shown} shown */
function fillFindings(shown) {
  const { head } = shown.report;
  byId("findings").replaceChildren(...head.findings.map(({ text, place }) => {
    if (place === null || !(place < shown.report.placeCount)) return make("li", { text });
    const button = make("button", { class: "finding", type: "button", text });
    button.addEventListener("click", () => {
      shown.choose(place);
      byId("source").scrollIntoView({ behavior: isCalm() ? "auto" : "smooth", block: "nearest" });
    });
    return make("li", {}, button);
  }));
  byId("findings").hidden = head.findings.length === 0;
}
