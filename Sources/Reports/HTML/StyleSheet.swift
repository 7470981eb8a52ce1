// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The style sheet that a fragment brings along.
///
/// It reaches nothing outside the fragment: all selectors begin with its root. They are long enough to
/// win over what notebooks say of all tables.
enum StyleSheet {
  static let css = themes + layout

  /// Light or dark: as the surroundings say; where they say nothing, as the reader's system does.
  private static var themes: String {
    let light = Palette.light
    let dark = Palette.dark
    let jupyter = ("--jp-layout-color0", "--jp-content-font-color1")
    let code = ("--vscode-editor-background", "--vscode-editor-foreground")
    func said(_ attributes: [String]) -> String {
      attributes.map { "\($0) div.peakline" }.joined(separator: ",")
    }
    let rules = [
      ("div.peakline", light.variables()),
      (
        said(["[data-jp-theme-light=true]"]),
        light.variables(page: jupyter.0, text: jupyter.1)
      ),
      (
        said(["[data-jp-theme-light=false]"]),
        dark.variables(page: jupyter.0, text: jupyter.1)
      ),
      (
        said(["body.vscode-light", "body.vscode-high-contrast-light"]),
        light.variables(page: code.0, text: code.1)
      ),
      (
        said(["body.vscode-dark", "body.vscode-high-contrast:not(.vscode-high-contrast-light)"]),
        dark.variables(page: code.0, text: code.1)
      ),
      // Colab, and the themes of Sphinx.
      (said(["html[theme=light]", "[data-theme=light]"]), light.variables()),
      (said(["html[theme=dark]", "[data-theme=dark]"]), dark.variables()),
    ].map { "\($0.0){\($0.1)}\n" }
    // A page that is nothing but the fragment, as a file saved alone is, has its edges coloured too.
    let alone = ":root:has(>body>div.peakline:only-child)"
    let system =
      "@media(prefers-color-scheme:dark){div.peakline{\(dark.variables())}"
      + "\(alone){color-scheme:dark;background:\(dark.page)}}\n"
    return "\n" + rules[0] + system + rules.dropFirst().joined()
  }

  private static let layout = """
    div.peakline{background:var(--pk-page);color:var(--pk-text);max-width:100%;\
    font:13px/1.5 var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif)}
    div.peakline .pk-scroll{padding:4px 0 12px;container-type:inline-size}
    div.peakline .pk-scroll:focus-visible{outline:2px solid var(--pk-good);outline-offset:2px}
    div.peakline table.pk-table{border:0;border-spacing:0;font-size:12px;margin:0;\
    table-layout:auto;color:inherit}
    div.peakline table.pk-lines{width:100%}
    div.peakline table.pk-table caption{padding:0 0 10px;font-size:13px;line-height:1.5;\
    color:inherit;font-weight:normal}
    div.peakline .pk-about{position:sticky;left:0;max-width:min(100cqw,60em);\
    min-width:min(100cqw,30em);\
    font-family:var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif)}
    div.peakline .pk-about>div,div.peakline .pk-said{margin:2px 0;overflow-wrap:anywhere}
    div.peakline .pk-title strong{font-size:14px;font-weight:600;margin-right:.75em}
    div.peakline .pk-title span{margin-right:.75em}
    div.peakline table.pk-table thead{border:0;border-bottom:1px solid var(--pk-rule)}
    div.peakline table.pk-table tfoot{border:0;border-top:1px solid var(--pk-rule)}
    div.peakline table.pk-table thead tr th,div.peakline table.pk-table thead tr td{\
    font-family:var(--jp-ui-font-family,system-ui,-apple-system,"Segoe UI",sans-serif);\
    font-weight:600;color:var(--pk-quiet);padding-bottom:4px;vertical-align:bottom}
    div.peakline table.pk-table thead tr th[title]{cursor:help}
    div.peakline table.pk-table tr th,div.peakline table.pk-table tr td{border:0;\
    padding:0 0 0 1.6em;line-height:1.7;vertical-align:baseline;max-width:none;\
    font-variant-numeric:tabular-nums;background:none}
    div.peakline table.pk-table tr>:first-child{padding-left:.75em}
    div.peakline table.pk-table tr>:last-child{padding-right:.75em}
    div.peakline table.pk-table tr td.pk-slot{padding-left:.75em}
    div.peakline table.pk-table tr .pk-code{width:100%}
    div.peakline table.pk-table tbody tr,div.peakline table.pk-table tfoot tr{background:none}
    div.peakline table.pk-table tbody tr:hover{background:var(--pk-pointed)}
    div.peakline table.pk-table tbody tr.pk-hot-row{background:var(--pk-hot-row)}
    div.peakline table.pk-table tbody tr.pk-warm-row{background:var(--pk-warm-row)}
    div.peakline table.pk-table tfoot tr td,div.peakline table.pk-table tfoot tr th{\
    font-weight:600;padding-top:4px}
    div.peakline table.pk-table tr .pk-quiet{color:var(--pk-quiet);font-weight:normal}
    div.peakline .pk-quiet{color:var(--pk-quiet)}
    div.peakline .pk-warm{color:var(--pk-warm)}
    div.peakline .pk-hot{color:var(--pk-hot);font-weight:600}
    div.peakline .pk-good{color:var(--pk-good)}
    div.peakline .pk-bold{font-weight:600}
    div.peakline .pk-bar{border-radius:1px}
    div.peakline .pk-reach{background:color-mix(in srgb,currentColor 32%,transparent)}
    div.peakline .pk-lead{font-size:15px;line-height:1.4;font-weight:500;margin:4px 0 8px}
    div.peakline .pk-legend>span{margin-right:1.25em;white-space:nowrap}
    div.peakline .pk-picture{display:block;overflow:visible}
    div.peakline .pk-curve{margin:10px 0 8px;max-width:44em}
    div.peakline .pk-area,div.peakline .pk-usage{color:var(--pk-good-bar)}
    div.peakline .pk-passing,div.peakline .pk-marked{color:var(--pk-hot-bar)}
    div.peakline .pk-zero,div.peakline .pk-kept,div.peakline .pk-whisker{color:var(--pk-text)}
    div.peakline .pk-zero{opacity:.4}
    div.peakline .pk-curve-1{color:var(--pk-good-bar)}
    div.peakline .pk-curve-2{color:var(--pk-warm-bar)}
    div.peakline .pk-curve-3{color:var(--pk-hot-bar)}
    div.peakline table.pk-table tr td.pk-standing{padding-left:1em}
    div.peakline table.pk-lines tbody td.pk-slot,div.peakline table.pk-lines thead td.pk-slot{\
    background:linear-gradient(var(--pk-rule),var(--pk-rule)) no-repeat \
    calc(.75em + var(--pk-axis)) 0/1px 100%}
    div.peakline table.pk-table tbody tr.pk-mark>:first-child{\
    box-shadow:inset 3px 0 0 var(--pk-hot-bar)}
    @container(max-width:76em){div.peakline .pk-first-to-go{display:none}}
    @container(max-width:58em){div.peakline .pk-next-to-go{display:none}}
    @container(max-width:42em){div.peakline .pk-last-to-go{display:none}\
    div.peakline table.pk-table tr>:not(:first-child){padding-left:.9em}}
    @container(max-width:76em){div.peakline .pk-gives-way .pk-about::after{\
    content:"More columns are shown where there is more room.";color:var(--pk-quiet)}}
    div.peakline .pk-plain-bar{color:var(--pk-plain-bar)}
    div.peakline .pk-hot-bar{color:var(--pk-hot-bar)}
    div.peakline .pk-warm-bar{color:var(--pk-warm-bar)}
    div.peakline .pk-good-bar{color:var(--pk-good-bar)}
    div.peakline table.pk-table tr td.pk-compared{padding-top:6px;padding-bottom:6px;\
    line-height:1.45}
    div.peakline table.pk-table tr th.pk-compared{padding-top:6px;line-height:1.45}
    div.peakline .pk-beside{display:flex;flex-wrap:wrap;gap:0 2.5em;margin-top:8px}
    div.peakline .pk-beside>section{flex:1 1 36em;min-width:0;max-width:100%}
    div.peakline .pk-beside table.pk-table tr>:not(:first-child):not(.pk-slot){padding-left:1em}
    div.peakline .pk-beside .pk-name{font-size:14px;font-weight:600;padding:8px 0 2px;\
    border-top:2px solid var(--pk-rule)}
    div.peakline .pk-keyword{color:var(--pk-keyword)}
    div.peakline .pk-string{color:var(--pk-string)}
    div.peakline .pk-comment{color:var(--pk-comment);font-style:italic}
    div.peakline .pk-number{color:var(--pk-number)}
    div.peakline .pk-decorator{color:var(--pk-decorator)}
    div.peakline .pk-def{color:var(--pk-name);font-weight:600}

    """
}
