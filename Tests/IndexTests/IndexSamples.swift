import Foundation
import Instances
import NIOPosix
import SystemPackage
import TestSupport

@testable import Index

extension IndexedInstance {
    /// A CT image of a study of its own, unless said otherwise.
    static func sample(
        _ uid: String,
        path: String? = nil,
        study: String = "1.2",
        series: String = "1.2.1",
        bytes: Int64 = 100,
        source: String = "SCANNER",
        received: Int64 = 1_000,
        _ attributes: [String: String] = [:]
    ) -> IndexedInstance {
        IndexedInstance(
            path: path ?? "\(study)/\(series)/\(uid).dcm",
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: uid,
            studyInstanceUID: study,
            seriesInstanceUID: series,
            transferSyntaxUID: "1.2.840.10008.1.2.1",
            bytes: bytes,
            digest: "00112233445566778899AABBCCDDEEFF",
            callingAETitle: source,
            calledAETitle: "NODE",
            received: received,
            attributes: InstanceAttributes(
                values: ["PatientID": "4711", "PatientName": "Doe^Jane", "Modality": "CT"].merging(attributes) { $1 }
            )
        )
    }
}

extension IndexDatabase {
    /// Writes rows in one transaction.
    func put(_ instances: [IndexedInstance]) throws {
        try write { changes in
            for instance in instances { try changes.put(instance) }
        }
    }

    /// Every file that has a row.
    func paths() throws -> [String] {
        try read { try $0.instances(limit: 1_000_000) }.rows.map(\.path).sorted()
    }
}

extension TemporaryDirectory {
    /// Where an index may be made.
    var index: FilePath { FilePath(path).appending("index.sqlite") }

    /// Writes a file such as an archive has.
    @discardableResult
    func archive(
        _ uid: String,
        at path: String,
        study: String = "1.2",
        series: String = "1.2.1",
        pixels: Int = 16
    ) throws -> String {
        let dataSet = RawDataSet.image(
            sopInstanceUID: uid,
            studyInstanceUID: study,
            seriesInstanceUID: series,
            pixels: pixels
        )
        let file = part10(
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: uid,
            transferSyntaxUID: "1.2.840.10008.1.2.1",
            dataSet: dataSet
        )
        return try write(file, to: "archive/" + path)
    }

    /// Has a folder look as if its names had last changed an hour ago.
    func age(_ folder: String = "") throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3_600)],
            ofItemAtPath: path + "/archive/" + folder
        )
    }
}

extension FolderScan {
    /// Runs a scan to its end.
    static func run(
        _ database: IndexDatabase,
        _ archive: FilePath,
        _ extent: Extent = .changes,
        parallel: Int = 1
    ) throws -> Progress {
        let threads = parallel > 1 ? NIOThreadPool(numberOfThreads: parallel) : nil
        threads?.start()
        defer { try? threads?.syncShutdownGracefully() }
        var scan = try FolderScan(database, archive: archive, extent: extent, threads: threads, parallel: parallel)
        var progress = Progress()
        while !scan.isDone { progress = progress + (try scan.step()) }
        return progress
    }
}
