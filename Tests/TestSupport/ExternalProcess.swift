import Foundation
import Synchronization

/// How a process ended.
package enum Termination: Equatable, Sendable {
    case exit(Int32)
    case signal(Int32)
}

/// A program that a test started. It is killed, and waited for, at the latest when the last reference goes, so that no
/// test leaves one behind.
package final class ExternalProcess: Sendable {
    /// The command line, for messages.
    package let commandLine: String
    /// The process identifier; meaningful until the process has been waited for.
    package var processIdentifier: Int32 { watch.processIdentifier }

    private let watch: ProcessWatch

    /// Starts `executable` (looked up in PATH unless it holds a slash).
    /// - Parameters:
    ///   - standardInput: the file descriptor that it reads from; nil: /dev/null.
    ///   - standardOutput: the one that it writes to; nil: a pipe that is always read, for ``output``.
    ///   - standardError: the same for errors.
    package init(
        _ executable: String,
        _ arguments: [String],
        standardInput: Int32? = nil,
        standardOutput: Int32? = nil,
        standardError: Int32? = nil
    ) throws {
        commandLine = ([executable] + arguments).joined(separator: " ")
        watch = try ProcessWatch(executable, arguments, [standardInput, standardOutput, standardError])
        let watch = self.watch
        Thread { watch.run() }.start()
    }

    deinit {
        watch.send(SIGKILL)
        _ = watch.ended.wait(seconds: 10)
    }

    /// Sends a signal, unless the process has ended.
    package func send(_ signal: Int32) {
        watch.send(signal)
    }

    /// Everything written to standard output so far.
    package var output: String { watch.output }

    /// Everything written to standard error so far.
    package var errors: String { watch.errors }

    /// Waits for the first complete line on standard output.
    package func firstLine(seconds: Double = 30) throws -> String {
        guard watch.firstLine.wait(seconds: seconds),
            let line = output.split(separator: "\n", omittingEmptySubsequences: false).first, output.contains("\n")
        else {
            throw ProcessError("no line of output from '\(commandLine)': \(output)\(errors)")
        }
        return String(line)
    }

    /// Waits until the process has ended; one that has not after `seconds` is killed, and that is an error.
    @discardableResult
    package func wait(seconds: Double = 60) throws -> Termination {
        guard watch.ended.wait(seconds: seconds), let termination = watch.termination else {
            watch.send(SIGKILL)
            throw ProcessError("'\(commandLine)' still ran after \(seconds) s: \(output)\(errors)")
        }
        return termination
    }
}

/// A program could not be started, or did not do what the test waited for.
package struct ProcessError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// What a finished program left behind.
package struct Finished: Sendable, CustomStringConvertible {
    package let termination: Termination
    package let output: String
    package let errors: String

    package init(termination: Termination, output: String, errors: String) {
        self.termination = termination
        self.output = output
        self.errors = errors
    }

    /// The program ended by itself with exit code 0.
    package var succeeded: Bool { termination == .exit(0) }
    package var description: String { "\(termination)\n\(output)\(errors)" }
}

/// Runs a program to its end. One that is still running after `seconds` is killed, and that is an error.
package func run(_ executable: String, _ arguments: [String], seconds: Double = 120) throws -> Finished {
    let process = try ExternalProcess(executable, arguments)
    let termination = try process.wait(seconds: seconds)
    return Finished(termination: termination, output: process.output, errors: process.errors)
}
