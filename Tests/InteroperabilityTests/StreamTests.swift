import Foundation
import TestSupport
import Testing

/// Promise 4: a log that is not read delays no answer.
@Suite("Standard streams that are not read")
struct StreamTests {
    /// Their lines are more than a pipe holds (64 KiB).
    private static let associations = 400

    @Test(
        "with full pipes for both streams every association is answered, and SIGTERM ends the node with 0",
        arguments: ["info", "trace"]
    )
    func full(level: String) throws {
        let (output, errors) = (try FullPipe(filled: true), try FullPipe(filled: true))
        let directory = try TemporaryDirectory()
        let port = try ReservedPort()
        let node = try ExternalProcess(
            nodeExecutable,
            [
                "serve", "--host", "127.0.0.1", "--port", "\(port.number)", "--log-level", level,
                "--archive", directory.path + "/archive",
            ],
            standardOutput: output.writing,
            standardError: errors.writing
        )
        try port.waitUntilServed()
        for index in 0..<Self.associations {
            let association = try RawAssociation(port: port.number)
            #expect(try association.echo() == 0)
            let uid = "1.2.3.\(index)"
            if index % 40 == 0 {
                #expect(try association.store(RawDataSet.image(sopInstanceUID: uid), sopInstanceUID: uid).status == 0)
            }
            try association.release()
        }
        node.send(SIGHUP)
        node.send(SIGTERM)
        #expect(try node.wait() == .exit(0))
    }

    @Test("with a terminal that Ctrl-S has stopped every association is answered")
    func stoppedTerminal() throws {
        let terminal = try StoppedTerminal()
        let directory = try TemporaryDirectory()
        let node = try ExternalProcess(
            nodeExecutable,
            ["serve", "--host", "127.0.0.1", "--port", "0", "--archive", directory.path + "/archive"],
            standardError: terminal.device
        )
        let words = try node.firstLine().split(whereSeparator: { " :,".contains($0) })
        let port = try #require(words.count > 3 ? UInt16(words[3]) : nil)
        for _ in 0..<Self.associations {
            let association = try RawAssociation(port: port)
            #expect(try association.echo() == 0)
            try association.release()
        }
        node.send(SIGTERM)
        #expect(try node.wait() == .exit(0))
    }

    @Test("the first line that goes through again says how many were dropped")
    func dropped() throws {
        let errors = try FullPipe(filled: true)
        let directory = try TemporaryDirectory()
        let node = try ExternalProcess(
            nodeExecutable,
            [
                "serve", "--host", "127.0.0.1", "--port", "0", "--log-level", "trace",
                "--archive", directory.path + "/archive",
            ],
            standardError: errors.writing
        )
        let words = try node.firstLine().split(whereSeparator: { " :,".contains($0) })
        let port = try #require(words.count > 3 ? UInt16(words[3]) : nil)
        // More than the queue's mebibyte of transitions.
        for _ in 0..<2_000 { try RawAssociation(port: port).release() }
        let notice = "warning log lines dropped: standard error was not read lines="
        let found = Gate()
        Thread {
            if errors.reads(notice) { found.open() }
        }.start()
        // What is read makes room, and each association says something more.
        for _ in 0..<2_000 where !found.wait(seconds: 0) { try RawAssociation(port: port).release() }
        node.send(SIGTERM)
        #expect(try node.wait() == .exit(0))
        #expect(found.wait(seconds: 30))
    }
}

/// A port that the system gives to no other program until the node listens on it: bound with SO_REUSEADDR, as the node
/// binds it.
private final class ReservedPort: Sendable {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw ProcessError("bind: errno \(errno)") }
        number = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }

    /// Returns once a connection is accepted: the ready line cannot be read here.
    func waitUntilServed() throws {
        for _ in 0..<3_000 {
            if (try? RawSocket(port: number)) != nil { return }
            poll(nil, 0, 10)
        }
        throw ProcessError("no program listens on port \(number)")
    }
}

/// A pseudo-terminal whose output stands still.
private final class StoppedTerminal: Sendable {
    /// What a program writes to.
    let device: Int32
    private let control: Int32

    /// Of <asm/ioctls.h>, whose macros Swift does not see: unlock the device, and ask for its number.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    init() throws {
        control = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        guard control >= 0, ioctl(control, Self.unlock, &isLocked) == 0, ioctl(control, Self.number, &number) == 0
        else {
            throw ProcessError("/dev/ptmx: errno \(errno)")
        }
        device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard device >= 0, tcflow(device, TCOOFF) == 0 else { throw ProcessError("terminal: errno \(errno)") }
    }

    deinit {
        close(device)
        close(control)
    }
}
