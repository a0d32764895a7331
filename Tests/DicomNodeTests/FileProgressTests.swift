import Synchronization
import TestSupport
import Testing

@testable import dicom_node

@Suite("What send writes")
struct FileProgressTests {
    /// Collects what is written.
    private final class Output: Sendable {
        private let parts = Mutex<[(StandardStream, String)]>([])
        var bars: [String] { parts.withLock { $0.map(\.1).filter { $0.hasPrefix("\r[") } } }
        var errors: [Substring] { lines(.error) }
        var lastLine: String { parts.withLock { $0.last?.1 ?? "" } }

        func write(_ stream: StandardStream, _ text: String) { parts.withLock { $0.append((stream, text)) } }

        private func lines(_ stream: StandardStream) -> [Substring] {
            parts.withLock { $0.filter { $0.0 == stream }.map(\.1).joined() }.split(separator: "\n")
        }
    }

    @Test("the bar ends at its total, though files were passed over, unreadable, failed or left")
    func bar() {
        let output = Output()
        let progress = FileProgress("sent", showsBar: true) { output.write($0, $1) }
        progress.passedOver(.notDICOM)
        progress.unreadable(PathBytes("bad"), "Permission denied")
        progress.begin(total: 5)
        progress.succeeded()
        progress.succeeded()
        progress.failed(PathBytes("a"), "status A700H")
        progress.undone([PathBytes("b"), PathBytes("c")], "no connection")
        progress.finish()
        #expect(output.bars.last == "\r[\(String(repeating: "#", count: 40))] 5/5")
        #expect(output.lastLine == "sent 2 of 6, failed 4, passed over 1 (no DICOM file)\n")
    }

    @Test("a reason is written once at once, with the first file, and once at the end, above the names of the others")
    func equalReasons() {
        let output = Output()
        let progress = FileProgress("sent", showsBar: false) { output.write($0, $1) }
        progress.begin(total: 29)
        for index in 1...29 { progress.failed(PathBytes("\(index).dcm"), "status A700H") }
        progress.finish()
        #expect(output.errors.first == "1.dcm: status A700H")
        #expect(output.errors.filter { $0.contains("status A700H") }.count == 2)
        #expect(output.errors.dropFirst(2) == (2...29).map { "    \($0).dcm" }[...])
    }

    @Test("a name cannot write to the terminal, and one longer than PATH_MAX hides nothing")
    func names() {
        let output = Output()
        let progress = FileProgress("sent", showsBar: false) { output.write($0, $1) }
        let long = String(repeating: "n", count: 10_000)
        progress.failed(PathBytes("\u{1B}[2J" + long), "Permission denied")
        #expect(output.errors == ["\\u{1B}[2J\(long): Permission denied"])
    }
}
