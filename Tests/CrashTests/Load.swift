import Foundation
import Synchronization
import TestSupport

/// Senders that store one instance after the other, of all sizes, until they are told to stop or the node is gone.
final class Load: Sendable {
    let ledger = Ledger()
    /// Counts what senders do: one for each PDU that they send and each response that they receive.
    private let steps = Atomic<Int>(0)
    private let target: Int
    private let reached = Gate()
    private let stopping = Atomic<Bool>(false)
    private let threads: [Gate]
    private let isEnough: @Sendable (Ledger.Record) -> Bool

    /// - Parameters:
    ///   - steps: `waitForMoment` returns after as many.
    ///   - limit: how many instances each sender has.
    ///   - isEnough: looked at after each answer: the senders stop when it says so.
    init(
        seed: UInt64,
        port: UInt16,
        associations: Int,
        steps: Int,
        limit: Int = .max,
        until isEnough: @escaping @Sendable (Ledger.Record) -> Bool = { _ in false }
    ) {
        target = steps
        self.isEnough = isEnough
        threads = (0..<associations).map { _ in Gate() }
        var generator = SeededGenerator(seed: seed)
        for (index, gate) in threads.enumerated() {
            let own = SeededGenerator(seed: generator.next())
            Thread {
                do {
                    try self.send(from: index, seed, port, own, limit)
                } catch {
                    self.ledger.ended("\(error)")
                }
                // A load that ends early must not leave a task waiting for its moment.
                self.reached.open()
                gate.open()
            }.start()
        }
    }

    /// Waits until the senders have taken as many steps as asked for.
    func waitForMoment() throws {
        guard reached.wait(seconds: 120) else { throw ProcessError("the senders do not get on") }
    }

    /// Tells the senders to stop after what they are at.
    func stop() { stopping.store(true, ordering: .relaxed) }

    /// Waits until all senders have ended, and returns what they know.
    func finish() throws -> Ledger.Record {
        for thread in threads where !thread.wait(seconds: 120) { throw ProcessError("a sender does not end") }
        return ledger.snapshot
    }

    private func step() {
        if steps.wrappingAdd(1, ordering: .relaxed).newValue == target { reached.open() }
    }

    private func send(
        from sender: Int,
        _ seed: UInt64,
        _ port: UInt16,
        _ generator: SeededGenerator,
        _ limit: Int
    ) throws {
        var generator = generator
        let association = try RawAssociation(port: port, seconds: 60)
        var number = 0
        while !stopping.load(ordering: .relaxed), number < limit {
            // Some do not wait for the answer before they send the next.
            let pipeline = (0..<min(Int.random(in: 1...3, using: &generator), limit - number)).map { offset in
                SentInstance(
                    seed: seed,
                    sender: sender,
                    number: number + offset,
                    pixels: Self.size(&generator),
                    study: (number + offset) / 4
                )
            }
            for (index, instance) in pipeline.enumerated() {
                ledger.begins(instance)
                let command = RawCommand.store(messageID: index + 1, sopInstanceUID: instance.sopInstanceUID)
                let fragmentation = Fragmentation("large values") { $0.dataValue = 60_000 }
                let values = fragmentation.values(
                    command: command.encoded(),
                    dataSet: instance.dataSet,
                    context: 3
                )
                for value in values {
                    try association.socket.send(RawPDU.data(value).encoded())
                    step()
                }
            }
            for instance in pipeline {
                let response = try association.receive().command
                guard response.text(0x1000) == instance.sopInstanceUID else {
                    throw ProcessError("a response to another request: \(response)")
                }
                ledger.answered(instance, response.status)
                step()
            }
            number += pipeline.count
            if isEnough(ledger.snapshot) { stop() }
        }
        try association.release()
    }

    /// Mostly images of a few KiB to some hundred, now and then one that is written in more than one batch.
    private static func size(_ generator: inout SeededGenerator) -> Int {
        if generator.oneIn(20) { return Int.random(in: 1_000_000...SentInstance.pixelsMax, using: &generator) & ~1 }
        return (256 << Int.random(in: 0...9, using: &generator)) + Int.random(in: 0..<100, using: &generator) * 2
    }
}

/// Stores instances one after the other on an association of its own; returns the statuses. The connection is closed
/// when this returns, so that the node need not wait for us when it stops.
func store(_ instances: [SentInstance], port: UInt16) throws -> [Int?] {
    let association = try RawAssociation(port: port)
    let statuses = try instances.map {
        try association.store($0.dataSet, sopInstanceUID: $0.sopInstanceUID).status
    }
    try association.release()
    return statuses
}
