import Archive
import ArgumentParser
import Foundation
import Index
import Synchronization
import SystemPackage
import TestSupport

@testable import dicom_node

/// An archive made by `archive adopt`, with an index.
final class AdoptedArchive: Sendable {
    let directory: TemporaryDirectory
    /// Standard error and output of the last adoption.
    private let lines = Mutex<[String]>([])

    var path: FilePath { directory.archive }
    var index: FilePath { IndexDatabase.path(in: path) }
    var output: String { lines.withLock { $0.joined() } }

    init() throws { directory = try TemporaryDirectory() }

    /// Images of random sizes, in a few studies and series.
    convenience init(files: Int, seed: UInt64) async throws {
        try self.init()
        var generator = SeededGenerator(seed: seed)
        for number in 0..<files {
            let study = "1.2.\(number % 3)"
            try write(
                "1.2.99.\(number)",
                study: study,
                series: "\(study).\(number % 5)",
                pixels: 2 * Int.random(in: 1...(generator.oneIn(6) ? 400_000 : 3_000), using: &generator),
                to: "source/\(number).dcm"
            )
        }
        try await adopt([directory.path + "/source"])
    }

    /// Writes a Part 10 file of another writer.
    func write(
        _ uid: String,
        study: String = "1.2.3",
        series: String = "1.2.3.4",
        pixels: Int = 64,
        to name: String
    ) throws {
        let dataSet = RawDataSet.image(
            sopInstanceUID: uid,
            studyInstanceUID: study,
            seriesInstanceUID: series,
            pixels: pixels
        )
        let file = part10(
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: uid,
            transferSyntaxUID: RawUID.explicitLittle,
            dataSet: dataSet
        )
        try directory.write(file, to: name)
    }

    /// Adopts what the paths name; returns how many files failed.
    @discardableResult
    func adopt(_ paths: [String], _ options: [String] = []) async throws -> Int {
        lines.withLock { $0 = [] }
        let progress = FileProgress("adopted", showsBar: false) { [self] _, text in lines.withLock { $0.append(text) } }
        let command = try ArchiveAdopt.parse(["--archive", path.string] + options + paths)
        try await command.adopt(paths.map { PathBytes($0) }, progress)
        return progress.failures
    }

    /// How many files the index has.
    func rows() throws -> Int { try IndexDatabase(reading: index).read { try $0.instanceCount() } }

    /// The archived files, sorted, relative to the archive.
    func files() throws -> [String] { try filesBelow(path.string).filter { !$0.hasPrefix(".dicom-node") } }
}

extension VerifyRun.Time {
    /// An hour from now: nothing is young. Sleeping takes no time.
    static let later = VerifyRun.Time(
        now: VerifyRun.Time.system.now,
        date: { VerifyRun.Time.system.date() + 3_600 },
        sleep: { _ in }
    )
}
