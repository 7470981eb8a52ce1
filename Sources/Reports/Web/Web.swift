// SPDX-FileCopyrightText: 2026 The Peakline authors
// SPDX-License-Identifier: Apache-2.0

/// The front end's sources, which the package builds into the executable.
///
/// The files of a folder are parts of one script, one idea each, that share their names: a page is a
/// single file, and an inline module cannot import another.
enum Web {
  static var plotScript: String {
    text([
      PackageResources.data_js, PackageResources.words_js, PackageResources.state_js,
      PackageResources.chart_js, PackageResources.lanes_js, PackageResources.readout_js,
      PackageResources.legend_js, PackageResources.pointing_js, PackageResources.page_js,
    ])
  }

  /// The last begins.
  static var reportScript: String {
    bare([
      PackageResources.address_js,
      PackageResources.amounts_js,
      PackageResources.calltree_js,
      PackageResources.columns_js,
      PackageResources.controls_js,
      PackageResources.curve_js,
      PackageResources.elements_js,
      PackageResources.figures_js,
      PackageResources.flame_js,
      PackageResources.flamekeys_js,
      PackageResources.frames_js,
      PackageResources.holdings_js,
      PackageResources.lines_js,
      PackageResources.listing_js,
      PackageResources.marks_js,
      PackageResources.python_js,
      PackageResources.shades_js,
      PackageResources.shown_js,
      PackageResources.source_js,
      PackageResources.stacks_js,
      PackageResources.summary_js,
      PackageResources.table_js,
      PackageResources.timekeys_js,
      PackageResources.timeline_js,
      PackageResources.views_js,
      PackageResources.opening_js,
    ])
  }

  static var reportStyle: String { bare([PackageResources.report_css]) }

  /// What the script fills, without the comment at its beginning.
  static var reportSkeleton: String { text([PackageResources.skeleton_html]) }

  static var plotStyle: String { text([PackageResources.plot_css]) }

  /// Without indentation, and without comments of their own row or before its code, which a page need not
  /// carry.
  private static func bare(_ files: [[UInt8]]) -> String {
    var result = ""
    for row in text(files).split(separator: "\n") {
      var bare = row.drop { $0 == " " }
      if bare.hasPrefix("/*"), let end = bare.firstRange(of: "*/") {
        bare = bare[end.upperBound...].drop { $0 == " " }
      }
      if bare.isEmpty || ["//", "/*", "*"].contains(where: { bare.hasPrefix($0) }) { continue }
      result += bare + "\n"
    }
    return result
  }

  private static func text(_ files: [[UInt8]]) -> String {
    String(decoding: files.joined(), as: UTF8.self)
  }
}
