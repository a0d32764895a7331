import Testing

/// Something that must not stand in Sources, and why.
struct Forbidden: CustomTestStringConvertible, Sendable {
    let text: String
    let why: String
    /// Files in which it may stand, with the reason beside the line.
    var except: Set<String> = []

    var testDescription: String { text }

    static let all = [
        Forbidden(text: "Task {", why: "a task belongs to a nursery"),
        Forbidden(text: "Task(", why: "a task belongs to a nursery"),
        Forbidden(text: "Task.detached", why: "a task belongs to a nursery"),
        Forbidden(text: "Task.immediate", why: "a task belongs to a nursery"),
        Forbidden(text: "DispatchQueue", why: "threads belong to the scope that starts and ends them"),
        Forbidden(text: "@unchecked Sendable", why: "the compiler keeps us from data races"),
        Forbidden(text: "nonisolated(unsafe)", why: "the compiler keeps us from data races"),
        Forbidden(text: "try!", why: "nothing traps on input"),
        Forbidden(text: "as!", why: "nothing traps on input"),
        Forbidden(text: "fatalError", why: "one peer cannot hurt another"),
        Forbidden(text: "preconditionFailure", why: "one peer cannot hurt another"),
        Forbidden(text: "unsafeFlags", why: "such a package cannot be depended on"),
        Forbidden(text: "Ounchecked", why: "checks are what promise 4 rests on"),
        Forbidden(text: "/bin/sh", why: "nothing of a peer comes near a shell"),
    ]
}

@Suite("Rules for Sources")
struct SourceTests {
    @Test("what must not be there", arguments: Forbidden.all)
    func forbidden(rule: Forbidden) {
        var exceptions = rule.except
        for file in Repository.sources where file.text.contains(rule.text) {
            for (number, line) in file.code where contains(line, rule.text) {
                if rule.except.contains(file.path) {
                    exceptions.remove(file.path)
                } else {
                    Issue.record("\(file.path):\(number): \(rule.text): \(rule.why)")
                }
            }
        }
        #expect(exceptions.isEmpty, "an exception that is no longer needed")
    }

    /// Whether the text stands in the line, not as the end of a longer word: `addTask {` is no `Task {`.
    private func contains(_ line: Substring, _ text: String) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: text) {
            let before = rest[..<range.lowerBound].last ?? line[..<range.lowerBound].last
            guard let before, before.isLetter || before.isNumber || before == "_" else { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// What the modules without sockets, clocks and tasks may import. What a test of them needs is not listed here.
    private static let imports: [String: Set<String>] = [
        "Nursery": ["Synchronization"],
        "Associations": ["NIOCore.ByteBuffer"],
        "DIMSE": ["NIOCore.ByteBuffer", "Associations"],
        "DataSets": ["CDCMTK", "CZlib", "Synchronization"],
        "Instances": ["NIOCore.ByteBuffer", "CXXHash", "Crypto"],
        "Archive": [
            "Instances", "CLinux", "Crypto", "Glibc", "Synchronization", "NIOCore", "NIOPosix", "SystemPackage",
        ],
    ]

    @Test("pure modules import only what they may", arguments: imports.keys.sorted())
    func pureModules(module: String) {
        let allowed = Self.imports[module] ?? []
        let files = Repository.sources.filter { $0.path.hasPrefix("Sources/\(module)/") }
        #expect(!files.isEmpty)
        for file in files {
            for (number, line) in file.code {
                var words = line.split(separator: " ").map(String.init)
                guard let keyword = words.firstIndex(of: "import"), line.first?.isWhitespace == false else { continue }
                words.removeFirst(keyword + 1)
                words.removeAll { ["struct", "class", "enum", "protocol", "func", "typealias"].contains($0) }
                let name = words.first ?? ""
                let isAllowed = allowed.contains(name) || allowed.contains(name.prefix { $0 != "." }.description)
                #expect(isAllowed, "\(file.path):\(number): import \(name)")
            }
        }
    }

    @Test("dcmtk's libraries are named in the module map only")
    func libraries() {
        for file in Repository.files where !file.path.hasSuffix("module.modulemap") {
            #expect(!file.text.contains("linked" + "Library"), "\(file.path)")
        }
    }
}
