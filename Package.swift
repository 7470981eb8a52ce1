// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "peakline",
  products: [
    .library(name: "peakline_agent", type: .dynamic, targets: ["Agent"]),
    .executable(name: "peakline", targets: ["Tool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
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
      name: "Reports",
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "Tool",
      dependencies: [
        "Reports", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]
    ),
    // The agent's sources in ordinary mode: what holds here holds in the Embedded build.
    .testTarget(name: "AgentTests", dependencies: ["Agent"]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports"], exclude: ["Fixtures", "Goldens"]),
    .testTarget(name: "ToolTests", dependencies: ["Tool"]),
  ]
)
