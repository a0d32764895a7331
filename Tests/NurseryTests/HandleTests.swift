import Foundation
import Testing

/// The clauses that the compiler keeps: children start only through the handle, and the handle cannot leave its block.
///
/// Each snippet is given to the compiler with the built module. A snippet that must fail names the reason.
@Suite struct HandleTests {
    @Test("a child cannot capture the handle")
    func capturedByChild() throws {
        try expectError(
            "capture of 'nursery' with non-Sendable type",
            """
            try await withNursery { (nursery: borrowing Nursery) in
                nursery.startSoon { nursery.startSoon {} }
            }
            """
        )
    }

    @Test("a deadline's body cannot capture the handle")
    func capturedByDeadline() throws {
        try expectError(
            "capture of 'nursery' with non-Sendable type",
            """
            try await withNursery { (nursery: borrowing Nursery) in
                try await withDeadline(.now + .seconds(1), clock: .continuous) { nursery.startSoon {} }
            }
            """
        )
    }

    @Test("the handle cannot be returned, so a closed nursery has no handle left")
    func returned() throws {
        try expectError(
            "requires that 'Nursery' conform to 'Copyable'",
            "_ = try await withNursery { (nursery: borrowing Nursery) in return nursery }"
        )
    }

    @Test("the handle cannot be kept")
    func kept() throws {
        try expectError(
            "'nursery' is borrowed and cannot be consumed",
            """
            try await withNursery { (nursery: borrowing Nursery) in
                let kept = nursery
                kept.startSoon {}
            }
            """
        )
    }

    @Test("a task outside cannot be given the handle")
    func asyncLet() throws {
        try expectError(
            "'nursery' cannot be captured by an escaping closure since it is a borrowed parameter",
            """
            func helper(_ nursery: borrowing Nursery) async {
                async let started: Void = nursery.startSoon {}
                await started
            }
            """
        )
    }

    @Test("only withNursery makes a handle")
    func made() throws {
        try expectError("'Nursery' initializer is inaccessible", "_ = Nursery()")
    }

    @Test("a function that starts children shows it in its signature")
    func borrowed() throws {
        let diagnostics = try compile(
            """
            @Sendable func helper(_ nursery: borrowing Nursery) { nursery.startSoon {} }
            try await withNursery { (nursery: borrowing Nursery) in
                helper(nursery)
                let port = try await nursery.start(deadline: .now + .seconds(1), clock: .continuous) { ready in ready(1) }
                precondition(port == 1)
            }
            """
        )
        #expect(diagnostics == "")
    }

    private func expectError(
        _ message: String,
        _ snippet: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let diagnostics = try compile(snippet)
        #expect(
            diagnostics.contains("error: ") && diagnostics.contains(message),
            Comment(rawValue: diagnostics),
            sourceLocation: sourceLocation
        )
    }

    /// What the compiler says about `snippet`, as the body of an asynchronous function.
    private func compile(_ snippet: String) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "snippet-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "Snippet.swift")
        try Data("import Nursery\nfunc snippet() async throws {\n\(snippet)\n}\n".utf8).write(to: file)

        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        // Up to the canonical intermediate language: the checks of ownership come after type checking.
        compiler.arguments = [
            "swiftc", "-swift-version", "6", "-emit-sil", "-o", "/dev/null", "-module-name", "Snippet",
            "-I", products.appending(path: "Modules").path, file.path,
        ]
        let output = Pipe()
        compiler.standardOutput = output
        compiler.standardError = output
        try compiler.run()
        let diagnostics = try output.fileHandleForReading.readToEnd() ?? Data()
        compiler.waitUntilExit()
        return String(decoding: diagnostics, as: UTF8.self)
    }
}
