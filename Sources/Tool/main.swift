import ArgumentParser
struct P: ParsableCommand { static let configuration = CommandConfiguration(commandName: "peakline", version: "0.1.0"); func run() throws { print("hi") } }
P.main()
