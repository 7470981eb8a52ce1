// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// The parts of Python source, for colours. It never loses a character: the parts of a row are its text.

const KEYWORDS = new Set((
  "False None True and as assert async await break class continue def del elif else " +
  "except finally for from global if import in is lambda nonlocal not or pass raise return try while with " +
  "yield match case"
).split(" "));

/**
 * Which quotes are open where each row begins: a string in three of them goes on over the ends of rows.
 * @param {(string | null)[]} rows
 * @returns {string[]}
 */
function quotesBefore(rows) {
  let open = "";
  return rows.map((row) => {
    const before = open;
    if (row === null) open = "";
    else if (open || row.includes('"""') || row.includes("'''")) open = pythonParts(row, open).open;
    return before;
  });
}

/**
 * The parts of a row, in order, and the quotes that are open at its end.
 * @param {string} row
 * @param {string} before  the quotes that are open where it begins
 */
function pythonParts(row, before) {
  /** @type {{kind: string, text: string}[]} */
  const parts = [];
  const put = (/** @type {string} */ kind, /** @type {string} */ text) => {
    const last = parts[parts.length - 1];
    if (last?.kind === kind) last.text += text;
    else if (text) parts.push({ kind, text });
  };
  let open = before;
  let rest = row;
  let wordBefore = "";
  let isStart = true;
  while (rest) {
    if (open) {
      const end = endOfString(rest, open);
      put("string", rest.slice(0, end.at));
      rest = rest.slice(end.at);
      if (end.isClosed || open.length === 1) open = "";
      continue;
    }
    const found =
      /^(?:(\s+)|(#.*)|([rRbBuUfFtT]{0,2})("""|'''|"|')|(@[\w.]*)|(\d[\w.]*|\.\d[\w.]*)|([^\W\d]\w*)|(.))/su
        .exec(rest);
    if (!found) break;
    const [all, space, comment, prefix, quote, decorator, number, word] = found;
    rest = rest.slice(all.length);
    if (quote) {
      open = quote;
      put("string", prefix + quote);
    } else if (comment) {
      put("comment", comment);
    } else if (decorator && isStart) {
      put("decorator", decorator);
    } else if (number) {
      put("number", number);
    } else if (word) {
      const isSoft = (word === "match" || word === "case") && !(isStart && /^ +[^=.,):].*:/.test(rest));
      const isName = wordBefore === "def" || wordBefore === "class";
      put(isName ? "name" : KEYWORDS.has(word) && !isSoft ? "keyword" : "plain", word);
      wordBefore = word;
    } else {
      put("plain", all);
    }
    if (!space) isStart = false;
    if (!space && !word) wordBefore = "";
  }
  return { parts, open: open.length === 1 ? "" : open };
}

/**
 * @param {string} text
 * @param {string} quotes
 */
function endOfString(text, quotes) {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text.startsWith(quotes, at)) return { at: at + quotes.length, isClosed: true };
  }
  return { at: text.length, isClosed: false };
}
