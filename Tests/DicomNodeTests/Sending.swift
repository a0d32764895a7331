import ArgumentParser
import Synchronization
import TestSupport

@testable import dicom_node

/// `send` in this process, with a test's clock, and with what it writes.
final class Sending: Sendable {
    let clock = ManualClock()
    private let lines = Mutex<[String]>([])
    private let port: UInt16

    init(to port: UInt16) {
        self.port = port
    }

    /// All that was written.
    var output: String { lines.withLock { $0.joined() } }

    /// Sends what the paths name; returns how many files failed.
    @discardableResult
    func send(_ paths: [String], _ options: [String] = []) async throws -> Int {
        try await send(paths, options, clock: clock)
    }

    /// The same without any pause between attempts.
    func sendWithoutPauses(_ paths: [String], _ options: [String] = []) async throws -> Int {
        try await send(paths, options, clock: PauselessClock())
    }

    private func send(_ paths: [String], _ options: [String], clock: any Clock<Duration>) async throws -> Int {
        let progress = FileProgress("sent", showsBar: false) { [self] _, text in lines.withLock { $0.append(text) } }
        let command = try Send.parse(options + ["127.0.0.1", "\(port)"] + paths)
        try await command.send(paths.map { PathBytes($0) }, progress, clock: clock)
        return progress.failures
    }
}

/// A clock on which no sleep takes time.
private struct PauselessClock: Clock {
    var now: ManualClock.Instant { ManualClock.Instant(offset: .zero) }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ManualClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
    }
}

extension TemporaryDirectory {
    /// Writes CT images with these SOP Instance UIDs; returns their paths.
    func writeImages(_ uids: [String], _ encoding: RawDataSet.Encoding = .explicitLittle) throws -> [String] {
        try uids.map { uid in
            try write(
                part10(
                    sopClassUID: RawUID.ctImage,
                    sopInstanceUID: uid,
                    transferSyntaxUID: encoding.rawValue,
                    dataSet: RawDataSet.image(encoding, sopInstanceUID: uid)
                ),
                to: uid + ".dcm"
            )
        }
    }
}
