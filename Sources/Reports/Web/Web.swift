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

  static var plotStyle: String { text([PackageResources.plot_css]) }

  private static func text(_ files: [[UInt8]]) -> String {
    String(decoding: files.joined(), as: UTF8.self)
  }
}
