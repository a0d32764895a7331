#if canImport(Glibc)
    import Glibc
#endif

/// Lines on the standard streams, written at once also where the stream is a pipe (`print` would buffer them).
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    var isTerminal: Bool { isatty(self.rawValue) == 1 }

    func write(_ text: String) {
        var rest = ArraySlice(Array(text.utf8))
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(self.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A closed or full stream must not stop the node.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    func writeLine(_ text: String) {
        self.write(text + "\n")
    }
}
