import Foundation

/// A program of the essay, compiled with the modules that the tests were built with.
final class Program {
    let diagnostics: String
    private let directory: URL

    init(_ code: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "essay-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let main = directory.appending(path: "main.swift")
        try Data(code.utf8).write(to: main)

        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        var arguments = ["swiftc", "-swift-version", "6", "-module-name", "Essay", "-package-name", Self.packageName]
        arguments += ["-I", products.appending(path: "Modules").path]
        arguments += try Self.moduleMaps(products).flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
        arguments += [main.path, "-o", directory.appending(path: "program").path]
        arguments += try Self.objects(products, isServer: code.contains("import NIOCore"))
        diagnostics = try run(arguments).output
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    /// What the program prints.
    func output() throws -> String {
        try run([directory.appending(path: "program").path]).output
    }

    /// The program as a server; its standard output is flushed after each line, as on a terminal.
    func serve() throws -> ServerProcess {
        try ServerProcess(URL(filePath: "/usr/bin/env"), ["stdbuf", "-oL", directory.appending(path: "program").path])
    }

    /// The identity that SwiftPM gives the package, by its folder, as a name.
    private static var packageName: String {
        let name = Essay.root.lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
        // No identifier begins with a digit.
        return String(name.prefix(1).map { $0.isNumber ? "_" : $0 } + name.dropFirst())
    }

    /// The module maps of the C modules beneath SwiftNIO: its packages' own, and those that SwiftPM has made.
    private static func moduleMaps(_ products: URL) throws -> [String] {
        let files = FileManager.default
        let checkouts = products.appending(path: "../../checkouts").standardizedFileURL
        let sources = ["swift-nio", "swift-atomics"].map { checkouts.appending(path: "\($0)/Sources") }
        let own = try sources.flatMap { folder in
            try files.contentsOfDirectory(atPath: folder.path).map { folder.appending(path: "\($0)/include") }
        }
        let made = try files.contentsOfDirectory(atPath: products.path).filter { $0.hasPrefix("CNIO") }
            .map { products.appending(path: $0) }
        return (own + made).map { $0.appending(path: "module.modulemap").path }.filter(files.fileExists(atPath:))
    }

    /// What echo-server is linked from, except for itself.
    private static func objects(_ products: URL, isServer: Bool) throws -> [String] {
        let list = products.appending(path: "echo-server.product/Objects.LinkFileList")
        return try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
            .map { String($0).trimmingCharacters(in: ["'", "\""]) }
            .filter { isServer ? !$0.contains("/echo_server.build/") : $0.contains("/Nursery.build/") }
    }
}

/// Runs a command to its end, with standard error in its output.
private func run(_ command: [String]) throws -> (output: String, status: Int32) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
}
