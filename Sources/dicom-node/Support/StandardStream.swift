import Glibc

/// Lines on the standard streams of a command that may wait for its reader (`print` would buffer them); `serve` has
/// ``LineQueue``.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    var isTerminal: Bool { isatty(rawValue) == 1 }

    @Sendable func write(_ text: String) {
        var rest = ArraySlice(Array(text.utf8))
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(self.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A stream that is closed takes what was meant for it.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    @Sendable func writeLine(_ text: String) {
        write(text + "\n")
    }
}
