import Foundation
import Glibc

/// A server under test: started in a process group of its own, ended as a whole.
final class ChildProcess {
    let id: pid_t
    private var ended = false

    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - environment: added to this process's own.
    ///   - log: the file that gets what it prints.
    init(_ command: [String], environment: [String: String] = [:], log: String) throws {
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        id = try Self.spawn(command, variables, log)
    }

    deinit { stop() }

    /// Whether it still runs.
    var isRunning: Bool {
        if ended { return false }
        if waitpid(id, nil, WNOHANG) != 0 { ended = true }
        return !ended
    }

    /// Waits for its end by itself.
    /// - Returns: whether its exit status is 0.
    func succeeds() -> Bool {
        var status: Int32 = -1
        defer { ended = true }
        return waitpid(id, &status, 0) == id && status == 0
    }

    /// SIGTERM, and SIGKILL after 10 seconds, to the whole group.
    func stop() {
        guard isRunning else { return }
        kill(-id, SIGTERM)
        let limit = deadline(after: 10)
        while isRunning, monotonicNanoseconds() < limit { pause(seconds: 0.02) }
        kill(-id, SIGKILL)
        if !ended { waitpid(id, nil, 0) }
        ended = true
    }

    /// Waits until it listens on the port.
    func waitForListener(port: Int, seconds: Double = 30) throws {
        let limit = deadline(after: seconds)
        while !Listener.exists(port: port) {
            guard isRunning else { throw BenchError.unusable("the server ended before it listened") }
            guard monotonicNanoseconds() < limit else { throw BenchError.unusable("the server does not listen") }
            pause(seconds: 0.02)
        }
    }

    private static func spawn(_ command: [String], _ variables: [String], _ log: String) throws -> pid_t {
        var process: pid_t = 0
        let result = withCStrings(command) { arguments in
            withCStrings(variables) { environment in
                withUnsafeTemporaryAllocation(of: posix_spawn_file_actions_t.self, capacity: 1) { actions in
                    withUnsafeTemporaryAllocation(of: posix_spawnattr_t.self, capacity: 1) { attributes in
                        guard let actions = actions.baseAddress, let attributes = attributes.baseAddress else {
                            return ENOMEM
                        }
                        posix_spawn_file_actions_init(actions)
                        posix_spawnattr_init(attributes)
                        defer {
                            posix_spawn_file_actions_destroy(actions)
                            posix_spawnattr_destroy(attributes)
                        }
                        posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0)
                        posix_spawn_file_actions_addopen(actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
                        posix_spawn_file_actions_adddup2(actions, 1, 2)
                        // The generator ignores SIGPIPE, and threads of a pool block SIGTERM: a server must inherit
                        // neither.
                        withUnsafeTemporaryAllocation(of: sigset_t.self, capacity: 1) { signals in
                            guard let signals = signals.baseAddress else { return }
                            sigemptyset(signals)
                            posix_spawnattr_setsigmask(attributes, signals)
                            sigaddset(signals, SIGPIPE)
                            posix_spawnattr_setsigdefault(attributes, signals)
                        }
                        posix_spawnattr_setpgroup(attributes, 0)
                        posix_spawnattr_setflags(
                            attributes,
                            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
                        )
                        return posix_spawnp(&process, command[0], actions, attributes, arguments, environment)
                    }
                }
            }
        }
        guard result == 0 else { throw BenchError.system(command[0], result) }
        return process
    }

    private static func withCStrings<Value>(
        _ strings: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
    ) -> Value {
        let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}

/// Runs a program to its end and says whether its status was 0.
func succeeds(_ command: [String]) -> Bool {
    (try? ChildProcess(command, log: "/dev/null"))?.succeeds() ?? false
}

/// The path of a program, from PATH and the system's folders; nil: not installed.
func installed(_ program: String) -> String? {
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
    return (folders + ["/usr/sbin", "/usr/local/sbin"]).map { $0 + "/" + program }.first { access($0, X_OK) == 0 }
}
