import CLinux
import Foundation
import Synchronization

/// The thread beside one external process: empties its pipes, so that it never blocks on them, and reaps it.
final class ProcessWatch: Sendable {
    let processIdentifier: pid_t
    let firstLine = Gate()
    let ended = Gate()

    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var termination: Termination?
    }

    private let state = Mutex(State())
    private let outputPipe: Int32
    private let errorPipe: Int32

    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }
    var termination: Termination? { state.withLock { $0.termination } }

    /// - Parameter streams: what standard input, output and error are, where the caller has them.
    init(_ executable: String, _ arguments: [String], _ streams: [Int32?]) throws {
        // One at a time: a program started between the making of a pipe and its close-on-exec flag would hold it open.
        (processIdentifier, outputPipe, errorPipe) = try ProcessWatch.starting.withLock { _ in
            try ProcessWatch.start(executable, arguments, streams)
        }
    }

    private static let starting = Mutex(())

    private static func start(
        _ executable: String,
        _ arguments: [String],
        _ streams: [Int32?]
    ) throws -> (pid_t, Int32, Int32) {
        let out = try closeOnExecPipe()
        let err = try closeOnExecPipe()
        defer {
            close(out[1])
            close(err[1])
        }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], 1)
        posix_spawn_file_actions_adddup2(&actions, err[1], 2)
        for (number, stream) in streams.enumerated() {
            if let stream { posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)) }
        }
        // Foundation opens files without close-on-exec: a program that held one would keep a file system of another
        // test busy.
        linux_inherit_below(&actions, 3)

        // The test runner may block or ignore signals; the program must start as from a shell.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var identifier: pid_t = 0
        let result = posix_spawnp(&identifier, executable, &actions, &attributes, &argv, &envp)
        guard result == 0 else {
            close(out[0])
            close(err[0])
            throw ProcessError("cannot start \(executable): \(String(cString: strerror(result)))")
        }
        return (identifier, out[0], err[0])
    }

    private static func closeOnExecPipe() throws -> [Int32] {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProcessError("pipe: errno \(errno)") }
        for end in ends where fcntl(end, F_SETFD, FD_CLOEXEC) != 0 {
            throw ProcessError("fcntl: errno \(errno)")
        }
        return ends
    }

    /// Sends a signal, unless the process has been reaped: its number may belong to another by then.
    func send(_ signal: Int32) {
        state.withLock { state in
            if state.termination == nil { kill(processIdentifier, signal) }
        }
    }

    /// The body of the thread: until both pipes are at their end and the process is reaped.
    func run() {
        var polled = [
            pollfd(fd: outputPipe, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorPipe, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65536)
        while polled.contains(where: { $0.fd >= 0 }) {
            if poll(&polled, 2, -1) < 0 { continue }
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count > 0 {
                    take(buffer[..<count], isOutput: index == 0)
                } else if count == 0 || errno != EINTR {
                    close(polled[index].fd)
                    polled[index].fd = -1
                }
            }
        }
        reap()
        firstLine.open()
        ended.open()
    }

    private func take(_ bytes: ArraySlice<UInt8>, isOutput: Bool) {
        state.withLock { state in
            if isOutput { state.output += bytes } else { state.errors += bytes }
        }
        if isOutput, bytes.contains(UInt8(ascii: "\n")) { firstLine.open() }
    }

    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        state.withLock { state in
            var status: Int32 = 0
            while waitpid(processIdentifier, &status, 0) < 0 && errno == EINTR {}
            // What WIFEXITED, WEXITSTATUS and WTERMSIG compute; the macros are not imported.
            let signal = status & 0x7F
            state.termination = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        }
    }
}
