import Foundation
import Synchronization
import TestSupport
import Testing

/// Runs `body` on as many threads and returns the errors of all.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [String] {
    let errors = Mutex<[String]>([])
    let gates = (0..<count).map { _ in Gate() }
    for index in 0..<count {
        let gate = gates[index]
        Thread {
            do { try body(index) } catch { errors.withLock { $0.append("\(index): \(error)") } }
            gate.open()
        }.start()
    }
    for gate in gates where !gate.wait(seconds: 300) { errors.withLock { $0.append("a sender did not end") } }
    return errors.withLock { $0 }
}

/// Alone on the machine as far as the tests can tell: each of these wants all of it.
@Suite("Many and large", .serialized)
struct LoadTests {
    @Test("1,000 idle associations at once; each is still answered")
    func idle() throws {
        try withNode(["--limits-associations", "2000"]) { node in
            let associations = try (0..<1000).map { _ in try RawAssociation(port: node.port) }
            for association in associations {
                let status = try association.echo()
                #expect(status == 0)
            }
            for association in associations { try association.release() }
        }
    }

    @Test("100 senders at once, without a failure")
    func senders() throws {
        try withNode { node in
            let errors = onThreads(100) { sender in
                let association = try RawAssociation(port: node.port, seconds: 120)
                for index in 0..<5 {
                    let uid = "1.2.3.\(sender).\(index)"
                    let dataSet = RawDataSet.image(
                        sopInstanceUID: uid,
                        studyInstanceUID: "1.2.\(sender % 7)",
                        seriesInstanceUID: "1.2.\(sender)",
                        pixels: 20_000 + sender
                    )
                    let status = try association.store(dataSet, sopInstanceUID: uid, messageID: index).status
                    guard status == 0 else { throw ProcessError("status \(status ?? -1)") }
                    // By its path: a walk through a directory that others change at the same time may miss entries.
                    let path = "\(node.archive)/1.2.\(sender % 7)/1.2.\(sender)/\(uid).dcm"
                    guard try Part10File(path: path).dataSet == dataSet else { throw ProcessError("other bytes") }
                }
                try association.release()
            }
            #expect(errors.isEmpty, "\(errors.prefix(5))")
            let count = try node.instances().count
            #expect(count == 500)
        }
    }

    @Test("the peak of resident memory stays below 60 MiB while 8 associations send 512 MiB each")
    func memory() throws {
        try withNode { node in
            let errors = onThreads(8) { sender in
                let association = try RawAssociation(port: node.port, seconds: 240)
                let status = try association.storeLarge(
                    sopInstanceUID: "1.2.3.\(sender)",
                    bytes: 512 << 20,
                    pduLength: association.accept.maximumLength
                )
                guard status == 0 else { throw ProcessError("status \(status ?? -1)") }
                try association.release()
            }
            #expect(errors.isEmpty, "\(errors)")
            let peak = try node.memory("VmHWM")
            #expect(peak < 60 << 10, "\(peak) KiB")
            print("peak of resident memory with 8 × 512 MiB: \(peak) KiB")
            for name in try node.instances() {
                let attributes = try FileManager.default.attributesOfItem(atPath: node.archive + "/" + name)
                #expect((attributes[.size] as? Int ?? 0) > 512 << 20)
            }
            let count = try node.instances().count
            #expect(count == 8)
        }
    }
}
