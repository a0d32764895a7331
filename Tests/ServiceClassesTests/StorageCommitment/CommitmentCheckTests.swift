import Archive
import Instances
import TestSupport
import Testing

@testable import ServiceClasses

/// What is told of instances is what the files say, not what was said of them when they came.
@Suite struct CommitmentCheckTests {
    @Test(
        "an instance that is as it was stored is kept safely, whatever the layout and the digest",
        arguments: ["{StudyInstanceUID}/{SOPInstanceUID}.dcm", "{SOPInstanceUID}", "x/{SOPInstanceUID:hash}.img"],
        DigestAlgorithm.allCases
    )
    func good(layout: String, digest: DigestAlgorithm) async throws {
        let layout = try Layout(layout)
        let fixture = try CommitmentFixture {
            $0.layout = layout
            $0.digest = digest
        }
        try await fixture.store("1.2.3", pixels: 3 << 20)
        try await fixture.store("1.2.30")
        #expect(try await fixture.failure("1.2.3") == nil)
    }

    @Test("one that is not there is 0112H, and its neighbours' names are not its own")
    func missing() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.30")
        #expect(try await fixture.failure("1.2.3") == .noSuchObjectInstance)
        #expect(try await fixture.failure("1.2.3.4") == .noSuchObjectInstance)
    }

    @Test("one of another class is 0119H, one of a class that is never stored 0122H")
    func sopClass() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3")
        #expect(try await fixture.failure("1.2.3", sopClass: RawUID.mrImage) == .classInstanceConflict)
        #expect(
            try await fixture.failure("1.2.3", sopClass: RawUID.verification) == .referencedSOPClassNotSupported
        )
    }

    @Test("a bit flipped anywhere in the data set is 0110H", arguments: [DigestAlgorithm.xxh3, .sha256])
    func bitFlip(digest: DigestAlgorithm) async throws {
        let fixture = try CommitmentFixture { $0.digest = digest }
        let path = try await fixture.store("1.2.3", pixels: 64)
        let length = try contents(of: fixture.directory.path + "/archive/" + path).count
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let start = length - RawDataSet.image(sopInstanceUID: "1.2.3", pixels: 64).count
        for _ in 0..<50 {
            let (index, bit) = (Int.random(in: start..<length, using: &generator), UInt8.random(in: 0..<8))
            try fixture.damage(path) { $0[index] ^= 1 << bit }
            #expect(try await fixture.failure("1.2.3") == .processingFailure, "seed \(seed), byte \(index), bit \(bit)")
            try fixture.damage(path) { $0[index] ^= 1 << bit }
        }
        #expect(try await fixture.failure("1.2.3") == nil)
    }

    @Test("a damaged head, a file that is cut or too long, and an empty one are 0110H")
    func damaged() async throws {
        let fixture = try CommitmentFixture()
        let path = try await fixture.store("1.2.3")
        let whole = try contents(of: fixture.directory.path + "/archive/" + path)
        let dataSet = whole.count - RawDataSet.image(sopInstanceUID: "1.2.3").count
        let damages: [(inout [UInt8]) -> Void] = [
            { $0[128] = 0 }, { $0.removeLast() }, { $0.removeLast(100) }, { $0 += [0, 0] }, { $0 = [] },
            { $0.removeLast($0.count - dataSet) },
        ]
        for (index, damage) in damages.enumerated() {
            try fixture.damage(path, damage)
            #expect(try await fixture.failure("1.2.3") == .processingFailure, "damage \(index)")
            try fixture.damage(path) { $0 = whole }
            #expect(try await fixture.failure("1.2.3") == nil, "damage \(index) undone")
        }
    }

    @Test("a file that holds another instance than its name says is 0110H")
    func swapped() async throws {
        let fixture = try CommitmentFixture { $0.digest = .none }
        let (one, other) = (try await fixture.store("1.2.3"), try await fixture.store("1.2.4"))
        let bytes = try contents(of: fixture.directory.path + "/archive/" + other)
        try fixture.damage(one) { $0 = bytes }
        #expect(try await fixture.failure("1.2.3") == .processingFailure)
        #expect(try await fixture.failure("1.2.4") == nil)
    }

    @Test("without a digest the structure still has to be whole")
    func withoutDigest() async throws {
        let fixture = try CommitmentFixture { $0.digest = .none }
        let path = try await fixture.store("1.2.3")
        #expect(try await fixture.failure("1.2.3") == nil)
        try fixture.damage(path) { $0.removeLast(100) }
        #expect(try await fixture.failure("1.2.3") == .processingFailure)
    }

    @Test("an instance that was stored unchecked is kept safely if it has its digest, and unchecked ones are taken")
    func unwalkable() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3") { $0.add(raw: [0x10, 0x00, 0x10, 0x00, 0x50, 0x4E, 0x40, 0x00]) }
        let check = fixture.check(acceptsUnwalkable: true)
        #expect(try await fixture.failure("1.2.3", check) == nil)
        #expect(try await fixture.failure("1.2.3") == .processingFailure)
    }

    @Test("all copies have to be good")
    func copies() async throws {
        let fixture = try CommitmentFixture()
        try await fixture.store("1.2.3")
        // Other bytes, beside the first, and in another study.
        let second = try await fixture.store("1.2.3", pixels: 600)
        let third = try await fixture.store("1.2.3", study: "1.2.9")
        #expect(second.hasSuffix("1.2.3~2.dcm"))
        let copies = try await fixture.archive.copies(of: ["1.2.3"])
        #expect(copies["1.2.3"]?.count == 3)
        #expect(try await fixture.failure("1.2.3") == nil)
        for path in [second, third] {
            try fixture.damage(path) { $0[$0.count - 1] ^= 1 }
            #expect(try await fixture.failure("1.2.3") == .processingFailure)
            try fixture.damage(path) { $0[$0.count - 1] ^= 1 }
        }
        #expect(try await fixture.failure("1.2.3") == nil)
    }

    @Test("a store that cannot be asked says nothing of the instance")
    func unavailable() async throws {
        let reference = CommitmentRequest.Reference(sopClassUID: RawUID.ctImage, sopInstanceUID: "1.2.3")
        let store = MemoryStore(failing: 1)
        let check = CommitmentCheck(
            store: store,
            lookup: Lookup(),
            limits: CommitmentFixture.scanner,
            acceptsUnwalkable: false
        )
        await #expect(throws: StoreError.test) { _ = try await check.failure(of: reference, copies: ["1.2.3"]) }
        // Looked up, and gone since.
        #expect(try await check.failure(of: reference, copies: ["1.2.3"]) == .noSuchObjectInstance)
    }

    private struct Lookup: InstanceLookup {
        func copies(of sopInstanceUIDs: Set<String>) async throws(StoreError) -> [String: [String]] { [:] }
    }
}
