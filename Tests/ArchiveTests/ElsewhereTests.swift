import Glibc
import Instances
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Archive

/// The same SOP Instance UID under another path: after a change of layout, on another day.
@Suite struct ElsewhereTests {
    /// What an index knows, and how often it is asked.
    private final class Lookup: CopyLookup, ArchiveObserver {
        private let paths = Mutex<[String: [String]]>([:])
        let asked = Mutex(0)
        let isBehind = Atomic(false)

        init(_ paths: [String: [String]] = [:]) { self.paths.withLock { $0 = paths } }

        func mayHave(_ uid: String) -> Bool { isBehind.load(ordering: .relaxed) || paths.withLock { $0[uid] != nil } }

        func copies(of uid: String) -> [String]? {
            asked.withLock { $0 += 1 }
            return isBehind.load(ordering: .relaxed) ? nil : paths.withLock { $0[uid] ?? [] }
        }

        func archived(_ instances: [ArchivedInstance]) {
            for instance in instances {
                paths.withLock { paths in
                    let known = paths[instance.keys.sopInstanceUID] ?? []
                    if !known.contains(instance.stored.path) {
                        paths[instance.keys.sopInstanceUID] = known + [instance.stored.path]
                    }
                }
            }
        }
    }

    private let disk = SimulatedDisk(seed: 1)
    private let lookup = Lookup()

    /// The archive as it was, and as it is after a change of its layout.
    private func archive(
        _ duplicates: DuplicatePolicy,
        layout: String,
        sync: SyncPolicy = .always
    ) throws -> InstanceArchive {
        try InstanceArchive(
            ArchiveConfiguration(
                path: "/archive",
                sync: sync,
                duplicates: duplicates,
                layout: try Layout(layout),
                initialize: true
            ),
            fileSystem: disk,
            observer: lookup,
            lookup: lookup
        )
    }

    private static let old = "{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm"
    private static let new = "flat/{SOPInstanceUID}.dcm"
    private static let oldPath = "1.2/1.2.9/1.2.3.dcm"

    private func content(_ path: String) -> String? {
        disk.stableContent(ofPath: FilePath("/archive/\(path)").string).map {
            String(decoding: $0.suffix(5), as: UTF8.self)
        }
    }

    @Test(
        "the same bytes are filed once, whatever the layout",
        arguments: DuplicatePolicy.allCases,
        SyncPolicy.allCases
    )
    func identical(duplicates: DuplicatePolicy, sync: SyncPolicy) throws {
        try archive(duplicates, layout: Self.old, sync: sync).file(Sample())
        let moved = try archive(duplicates, layout: Self.new, sync: sync)
        let again = try moved.file(Sample())
        #expect(again == StoredInstance(path: Self.oldPath, outcome: .identical))
        #expect(content("flat/1.2.3.dcm") == nil)
        let other = try moved.file(Sample("1.2.4"))
        #expect(other == StoredInstance(path: "flat/1.2.4.dcm", outcome: .stored))
    }

    @Test("other bytes meet the policy, whatever the layout", arguments: DuplicatePolicy.allCases)
    func different(duplicates: DuplicatePolicy) throws {
        try archive(duplicates, layout: Self.old).file(Sample("1.2.3", "first"))
        let moved = try archive(duplicates, layout: Self.new)
        switch duplicates {
        case .keepBoth:
            let second = try moved.file(Sample("1.2.3", "other"))
            #expect(second == StoredInstance(path: "flat/1.2.3.dcm", outcome: .keptBeside(copy: 1)))
            let third = try moved.file(Sample("1.2.3", "third"))
            #expect(third == StoredInstance(path: "flat/1.2.3~2.dcm", outcome: .keptBeside(copy: 2)))
            for (text, path) in [("first", Self.oldPath), ("other", second.path), ("third", third.path)] {
                #expect(try moved.file(Sample("1.2.3", text)) == StoredInstance(path: path, outcome: .identical))
            }
        case .keepFirst:
            let second = try moved.file(Sample("1.2.3", "other"))
            #expect(second == StoredInstance(path: Self.oldPath, outcome: .keptFirst))
            #expect(content(Self.oldPath) == "first")
        case .replace:
            let second = try moved.file(Sample("1.2.3", "other"))
            #expect(second == StoredInstance(path: Self.oldPath, outcome: .replaced))
            #expect(content(Self.oldPath) == "other")
            #expect(content("flat/1.2.3.dcm") == nil)
        case .reject:
            let error = #expect(throws: ArchiveError.self) { try moved.file(Sample("1.2.3", "other")) }
            #expect(error?.kind == .duplicate)
        }
    }

    @Test("two of one UID in one batch meet, although the lookup has not been told", arguments: [true, false])
    func sameBatch(isIdentical: Bool) throws {
        let archive = try archive(.keepBoth, layout: "{SeriesInstanceUID}/{SOPInstanceUID}.dcm")
        var second = Sample("1.2.3", isIdentical ? "first" : "other")
        second.keys.seriesInstanceUID = "1.2.8"
        let outcomes = Mutex<[StoredInstance.Outcome?]>([])
        let file = { @Sendable (sample: Sample) in
            guard var pending = try? archive.begin(sample.meta) else { return }
            sample.dataSet.withUnsafeBytes { try? pending.append($0) }
            archive.commit(pending, as: sample.keys, digest: sample.digest()) { result in
                outcomes.withLock { $0.append(try? result.get().outcome) }
            }
        }
        // While the first one's bytes are synced, two more come: one batch with it, or one of their own.
        let start = disk.operationCount
        disk.onOperation { [disk, second] in
            guard disk.operationCount == start + 5 else { return }
            disk.onOperation(nil)
            file(Sample("1.2.3", "first"))
            file(second)
        }
        file(Sample("9"))
        #expect(outcomes.withLock { $0 } == [.stored, .stored, isIdentical ? .identical : .keptBeside(copy: 1)])
    }

    @Test("what the lookup says is a hint: a file that is gone, another instance, a path out of the archive")
    func hints() throws {
        try archive(.replace, layout: Self.old).file(Sample("1.2.7", "other"))
        let wrong = Lookup(["1.2.3": ["gone/1.2.3.dcm", "1.2/1.2.9/1.2.7.dcm", "../x", ".dicom-node/marker", "", "/"]])
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: "/archive", duplicates: .replace, layout: try Layout(Self.new)),
            fileSystem: disk,
            lookup: wrong
        )
        #expect(try archive.file(Sample()) == StoredInstance(path: "flat/1.2.3.dcm", outcome: .stored))
        #expect(content("1.2/1.2.9/1.2.7.dcm") == "other")
    }

    @Test("while nothing is known the path decides")
    func behind() throws {
        try archive(.keepBoth, layout: Self.old).file(Sample())
        lookup.isBehind.store(true, ordering: .relaxed)
        let moved = try archive(.keepBoth, layout: Self.new)
        #expect(try moved.file(Sample()) == StoredInstance(path: "flat/1.2.3.dcm", outcome: .stored))
        #expect(try moved.file(Sample()) == StoredInstance(path: "flat/1.2.3.dcm", outcome: .identical))
    }

    @Test("a new instance costs no question")
    func cost() throws {
        let archive = try archive(.keepBoth, layout: Self.old)
        for number in 1...20 { try archive.file(Sample("1.2.3.\(number)")) }
        #expect(lookup.asked.withLock { $0 } == 0)
    }

    @Test(
        "a copy elsewhere that cannot be synced is no success",
        arguments: [DuplicatePolicy.keepBoth, .keepFirst, .replace]
    )
    func notSynced(duplicates: DuplicatePolicy) throws {
        let sample = duplicates == .keepBoth ? Sample("1.2.3", "first") : Sample("1.2.3", "other")
        for operation in 1...60 {
            let test = ElsewhereTests()
            try test.archive(duplicates, layout: Self.old).file(Sample("1.2.3", "first"))
            let moved = try test.archive(duplicates, layout: Self.new)
            let start = test.disk.operationCount
            test.disk.fail(with: FaultPlan(once: [start + operation: .error(EIO)]))
            let stored = try? moved.file(sample)
            let isLast = test.disk.operationCount - start < operation
            test.disk.heal()
            guard let stored else { continue }
            let expected = stored.outcome == .keptFirst ? "first" : String(decoding: sample.dataSet, as: UTF8.self)
            #expect(test.content(stored.path) == expected, "operation \(operation): \(stored)")
            if isLast { return #expect(operation > 10) }
        }
        Issue.record("no operation was the last")
    }
}
