import Foundation

/// A pipe whose reading end is the test's: full until the test reads, as that of a log that is not read.
package final class FullPipe: Sendable {
    /// The end to write to. It blocks, as a stream does that a program inherits.
    package let writing: Int32
    private let reading: Int32
    /// Bytes that filled it.
    private let filling: Int

    /// - Parameter filled: It takes no byte more, until some are read.
    package init(filled: Bool) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProcessError("pipe: errno \(errno)") }
        (reading, writing) = (ends[0], ends[1])
        for end in ends where fcntl(end, F_SETFD, FD_CLOEXEC) != 0 { throw ProcessError("fcntl: errno \(errno)") }
        var count = 0
        if filled {
            _ = fcntl(writing, F_SETFL, O_NONBLOCK)
            let block = [UInt8](repeating: 0x2E, count: 4_096)
            while case let written = write(writing, block, block.count), written > 0 { count += written }
            _ = fcntl(writing, F_SETFL, 0)
        }
        filling = count
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Reads exactly as many bytes.
    package func read(bytes count: Int) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: count)
        while bytes.count < count {
            let got = Glibc.read(reading, &buffer, count - bytes.count)
            guard got > 0 else { break }
            bytes += buffer[..<got]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Makes room.
    package func skipWhatFilledIt() {
        _ = read(bytes: filling)
    }

    /// Reads until `text` has come; false: the pipe ended before.
    package func reads(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        var recent: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let got = Glibc.read(reading, &buffer, buffer.count), got > 0 {
            recent += buffer[..<got]
            if recent.firstRange(of: wanted) != nil { return true }
            recent.removeFirst(max(0, recent.count - wanted.count))
        }
        return false
    }

    /// What is in the pipe now.
    package func drain() throws -> String {
        guard fcntl(reading, F_SETFL, O_NONBLOCK) == 0 else { throw ProcessError("fcntl: errno \(errno)") }
        defer { _ = fcntl(reading, F_SETFL, 0) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let got = Glibc.read(reading, &buffer, buffer.count), got > 0 { bytes += buffer[..<got] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A pipe that is closed at its reading end.
package func brokenPipe() throws -> Int32 {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw ProcessError("pipe: errno \(errno)") }
    close(ends[0])
    return ends[1]
}
