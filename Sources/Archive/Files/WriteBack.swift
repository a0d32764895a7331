/// Has a long file written back while it streams, so that its sync finds little left to do, and so that one sender of
/// large objects never leaves much unwritten data for other instances' syncs to wait for.
struct WriteBack: Sendable {
    /// Bytes between two calls; at most twice as many are unwritten.
    let stride: UInt64
    private var started: UInt64 = 0
    private var settled: UInt64 = 0

    init(stride: UInt64) { self.stride = stride }

    mutating func advance(to length: UInt64, of file: OpenFile) throws(SystemError) {
        guard length - started >= stride else { return }
        let start = started..<length
        let settle = settled..<started
        try SystemError.retrying { () throws(SystemError) in
            try file.disk.writeBack(file.descriptor, start: start, settle: settle)
        }
        settled = started
        started = length
    }
}
