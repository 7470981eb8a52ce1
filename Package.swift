// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "peakline",
  products: [
    .library(name: "peakline_agent", type: .dynamic, targets: ["Agent"]),
    .executable(name: "peakline", targets: ["Tool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Without what would bring all of Foundation into the executable.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
  ],
  targets: [
    .target(name: "CAgent"),
    // Compiled with the agent in Embedded mode, and with the reader in ordinary mode.
    .target(
      name: "CaptureFormat",
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .target(
      name: "Agent", dependencies: ["CAgent", "CaptureFormat"],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .target(
      name: "CaptureReader", dependencies: ["CaptureFormat"],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .target(
      name: "Analysis", dependencies: ["CaptureReader"],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .target(
      name: "Reports", dependencies: ["Analysis", "CZlib", "CaptureReader", "MemorySeries"],
      resources: [
        "chart.js", "data.js", "lanes.js", "legend.js", "page.js", "plot.css", "pointing.js",
        "readout.js", "state.js", "words.js",
      ].map { .embedInCode("Web/plot/\($0)") }
        + [
          "address.js", "amounts.js", "calltree.js", "columns.js", "controls.js", "curve.js",
          "elements.js",
          "figures.js", "flame.js", "flamekeys.js", "frames.js", "holdings.js", "lines.js",
          "listing.js",
          "marks.js",
          "opening.js", "python.js", "report.css", "shades.js", "shown.js", "skeleton.html",
          "source.js", "stacks.js", "summary.js", "table.js", "timekeys.js", "timeline.js",
          "views.js",
        ].map { .embedInCode("Web/report/\($0)") },
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    // zlib, of the system.
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    // Generated from profile.proto: pprof's format.
    .target(
      name: "PprofFormat",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["profile.proto"]),
    .target(
      name: "Exports",
      dependencies: [
        "Analysis", "PprofFormat", "Reports",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    // Memory over time: mprof's files, written and read.
    .target(
      name: "MemorySeries",
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    // What is copied into processes that are attached to.
    .target(name: "CAttach"),
    .executableTarget(
      name: "Tool",
      dependencies: [
        "Analysis", "CAttach", "CaptureFormat", "CaptureReader", "Exports", "MemorySeries",
        "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]
    ),
    // The agent's sources in ordinary mode: what holds here holds in the Embedded build.
    .testTarget(name: "AgentTests", dependencies: ["Agent"]),
    // Captures from a description, for the tests of everything that reads them.
    .target(
      name: "CaptureTestSupport", dependencies: ["CaptureFormat", "CaptureReader"],
      path: "Tests/CaptureTestSupport",
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .testTarget(
      name: "CaptureReaderTests",
      dependencies: ["CaptureFormat", "CaptureReader", "CaptureTestSupport"]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: ["Analysis", "CaptureTestSupport"]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Analysis", "Reports", "CaptureTestSupport"],
      exclude: ["Fixtures", "Goldens"]),
    .testTarget(
      name: "ExportsTests",
      dependencies: [
        "Analysis", "Exports", "PprofFormat", "Reports", "CaptureTestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(name: "MemorySeriesTests", dependencies: ["MemorySeries"]),
    .testTarget(name: "ToolTests", dependencies: ["Analysis", "CaptureTestSupport", "Tool"]),
    // Run by hand: make fuzz.
    .target(
      name: "Fuzzing", dependencies: ["Analysis", "Reports"], path: "Tests/Fuzzing",
      exclude: ["seed.py"],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
  ]
)
