// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0
//
// What the page shows, as it was written into it: a small JSON and a blob of columns.
//
// The files of this folder are one script that share their names; opening.js is the last of them.

/**
 * @typedef {{bytes: number, ms: number, bound?: number, resident?: number}} Peak
 * @typedef {{pid: number, label: string, begin: number, end: number, peak: number,
 *   ending: string}} Process
 * @typedef {{label: string, process: number}} Thread
 * @typedef {{file: number, lines: (string | null)[]}} Source
 * @typedef {{text: string, place: number | null}} Finding
 * @typedef {{key: string, name: string, isLibrary: boolean}} Module
 * @typedef {{title: string, about: string[], peak: Peak, end: {bytes: number}, duration: number,
 *   isSampled: boolean, moments: {ms: number[], live: number[], highest?: number[]}}} Before
 * @typedef {{text: string, measure: string, before: number, after: number}} Rest
 * @typedef {{schema: number, kind: "capture" | "difference", title: string, about: string[],
 *   isSampled: boolean, interval: number, step: number, duration: number, peak: Peak,
 *   end: {bytes: number}, baseline: number, findings: Finding[], notes: string[],
 *   processes: Process[], threads: Thread[], files: string[], short: string[],
 *   libraries: (string | null)[], functions: string[], sources: Source[], marks: Mark[],
 *   folded: null | {nodes: number, share: number, changes: number}, before?: Before,
 *   former?: {file: number, now: number | null}[], unsampled?: number, rest?: Rest[],
 *   hidesLibraries?: boolean,
 *   columns: {name: string, type: "i32" | "f64", count: number}[]}} Head
 * Bytes, and milliseconds since the recording began. `former` are files as they were before, with what
 * is gone from them, `now` what they are now; `unsampled` is what may have no sample.
 */

/** What a place can be. */
const Kind = {
  root: 0, thread: 1, line: 2, outside: 3, hidden: 4, unknown: 5, process: 6,
};

class Report {
  /**
   * @param {Head} head
   * @param {Map<string, Int32Array | Float64Array>} columns
   */
  constructor(head, columns) {
    this.head = head;
    this.columns = columns;
    this.isDifference = head.kind === "difference";
    this.kind = this.integers("place.kind");
    this.file = this.integers("place.file");
    this.line = this.integers("place.line");
    this.function = this.integers("place.function");
    this.tree = new CallTree(this.integers("node.parent"), this.integers("node.place"));
    this.counterNode = this.integers("counter.node");
    this.counterLive = this.numbers("counter.live");
    this.counterProcess = this.integers("counter.process");
    this.counterThread = this.integers("counter.thread");
    this.changeCounter = this.integers("change.counter");
    this.changeUntil = this.integers("change.until");
    this.changeLive = this.numbers("change.live");
    this.momentResident = this.numbers("moment.resident");
    /** @type {Moments} */
    this.moments = {
      ms: this.numbers("moment.ms"), live: this.numbers("moment.live"),
      highest: this.numbers("moment.highest"),
    };
    /**
     * The texts of files, by the file's index.
     * @type {Map<number, (string | null)[]>}
     */
    this.sources = new Map(head.sources.map((source) => [source.file, source.lines]));
    /** Of each file whether it is as it was before, and which it is now. */
    this.isFormer = new Uint8Array(head.files.length);
    this.present = Int32Array.from(head.files, (_, file) => file);
    for (const { file, now } of head.former ?? []) {
      this.isFormer[file] = 1;
      this.present[file] = now ?? file;
    }
    /**
     * The modules of files, which can be hidden: libraries, and files of the program.
     * @type {Module[]}
     */
    this.modules = head.files.map((path, file) => moduleOf(head.libraries[file], head.short[file] ?? path));
    /** Those of them that were installed, or came with Python. */
    this.libraries = new Set(this.modules.filter(({ isLibrary }) => isLibrary).map(({ key }) => key));
    /** @type {Map<number, string>} */
    this.words = new Map();
  }

  get placeCount() {
    return this.kind.length;
  }

  /** @param {string} name */
  integers(name) {
    return /** @type {Int32Array} */ (this.columns.get(name) ?? new Int32Array());
  }

  /** @param {string} name */
  numbers(name) {
    return /** @type {Float64Array} */ (this.columns.get(name) ?? new Float64Array());
  }

  /** @param {string} name  of a column that not every page has */
  optional(name) {
    const column = this.columns.get(name);
    return column ? /** @type {Float64Array} */ (column) : null;
  }

  /**
   * The text of a line, where it is known.
   * @param {number} file
   * @param {number} line
   */
  code(file, line) {
    return this.sources.get(file)?.[line - 1] ?? null;
  }

  /**
   * The text of a place's line, where it is known.
   * @param {number} place
   */
  codeAt(place) {
    if (this.kind[place] !== Kind.line) return "";
    return this.code(this.file[place], this.line[place])?.trim() ?? "";
  }

  /**
   * A place, short: the file's name and the line, or what else it is.
   * @param {number} place
   */
  where(place) {
    const { head } = this;
    switch (this.kind[place]) {
      case Kind.root: return "All";
      case Kind.thread: return head.threads[this.line[place]]?.label || "No thread";
      case Kind.process: return head.processes[this.line[place]]?.label || "Process";
      case Kind.outside: return "Outside of Python";
      case Kind.hidden: return "Hidden";
      case Kind.unknown: return "Unknown";
      default: {
        const file = head.short[this.file[place]] || "(no name)";
        const gone = this.isFormer[this.file[place]] ? " (gone)" : "";
        return (this.line[place] > 0 ? `${file}:${this.line[place]}` : file) + gone;
      }
    }
  }

  /**
   * The function that a place is in.
   * @param {number} place
   */
  functionName(place) {
    if (this.kind[place] !== Kind.line) return "";
    return this.head.functions[this.function[place]] ?? "";
  }

  /**
   * The same without the folders of the file.
   * @param {number} place
   */
  spot(place) {
    const where = this.where(place);
    return this.kind[place] === Kind.line ? where.slice(where.lastIndexOf("/") + 1) : where;
  }

  /**
   * The folders of the file, as far as they are shown.
   * @param {number} place
   */
  folder(place) {
    if (this.kind[place] !== Kind.line) return "";
    const file = this.head.short[this.file[place]] ?? "";
    return file.slice(0, Math.max(0, file.lastIndexOf("/")));
  }

  /**
   * What a frame is called.
   * @param {number} place
   */
  label(place) {
    let words = this.words.get(place);
    if (words === undefined) {
      const name = this.functionName(place);
      words = name ? `${isolated(name)}  ${isolated(this.spot(place))}` : isolated(this.spot(place));
      this.words.set(place, words);
    }
    return words;
  }
}

/**
 * A library, or a file of the program; they may be called the same.
 * @param {string | null} library
 * @param {string} short
 * @returns {Module}
 */
function moduleOf(library, short) {
  if (library !== null) return { key: `lib/${library}`, name: library, isLibrary: true };
  const name = short.slice(short.lastIndexOf("/") + 1).replace(/\.py[cx]?$/, "");
  return { key: name, name, isLibrary: false };
}

/**
 * Without what would hide or reorder what stands around it.
 * @param {string} text
 */
function cleaned(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
}

/**
 * A name whose direction is its own matter.
 * @param {string} name
 */
function isolated(name) {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;
}

/**
 * @param {string} json
 * @param {string} base64  of the columns, deflated
 */
async function readReport(json, base64) {
  /** @type {Head} */
  const head = JSON.parse(json, (_, value) => (typeof value === "string" ? cleaned(value) : value));
  const letters = atob(base64);
  const packed = new Uint8Array(letters.length);
  for (let index = 0; index < packed.length; index += 1) packed[index] = letters.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const columns = new Map();
  let offset = 0;
  for (const { name, type, count } of head.columns) {
    const Column = type === "i32" ? Int32Array : Float64Array;
    columns.set(name, new Column(buffer, offset, count));
    offset += Math.ceil((count * Column.BYTES_PER_ELEMENT) / 8) * 8;
  }
  return new Report(head, columns);
}
