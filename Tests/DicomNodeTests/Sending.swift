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
        let progress = SendProgress(showsBar: false) { [self] _, text in lines.withLock { $0.append(text) } }
        let command = try Send.parse(options + ["127.0.0.1", "\(port)"] + paths)
        try await command.send(paths.map { PathBytes($0) }, progress, clock: clock)
        return progress.failures
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
