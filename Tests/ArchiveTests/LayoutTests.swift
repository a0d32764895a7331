import Archive
import Instances
import SystemPackage
import TestSupport
import Testing

/// Templates of paths, and what no template may do.
@Suite struct LayoutTests {
    private func path(_ template: String, _ change: (inout Sample) -> Void = { _ in }) throws -> String {
        let directory = try TemporaryDirectory()
        let archive = try InstanceArchive(
            ArchiveConfiguration(path: directory.archive, layout: try Layout(template))
        )
        var sample = Sample()
        sample.keys.attributes = ["PatientID": "7/8", "StudyDate": "20240131", "Modality": "CT"]
        change(&sample)
        let path = try archive.file(sample).path
        #expect(try directory.files() == [path])
        return path
    }

    @Test(
        "fills its fields",
        arguments: [
            ("{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm", "1.2/1.2.9/1.2.3.dcm"),
            ("{PatientID}/{StudyDate:yyyy/MM/dd}/{SOPInstanceUID}.dcm", "7%2F8/2024/01/31/1.2.3.dcm"),
            ("all/{StudyDate:yyyy-MM}/{Modality}_{SOPInstanceUID:hash}", "all/2024-01/CT_"),
            ("{SOPInstanceUID}", "1.2.3"),
            ("{CalledAETitle}/{CallingAETitle}/{SOPInstanceUID}.dcm", "NODE/SCANNER/1.2.3.dcm"),
            ("{PatientName}/{SOPInstanceUID}.dcm", "_/1.2.3.dcm"),
            ("{PatientBirthDate:yyyy/MM}/{SOPInstanceUID}.dcm", "_/_/1.2.3.dcm"),
            ("x{PatientName}/{SOPInstanceUID}.dcm", "x_/1.2.3.dcm"),
        ]
    )
    func fillsItsFields(_ template: String, _ expected: String) throws {
        let found = try path(template)
        #expect(template.contains("hash") ? found.hasPrefix(expected) && found.count == 47 : found == expected)
    }

    @Test("names the day of receipt") func namesTheDayOfReceipt() throws {
        let before = output("date +%Y/%m/%d")
        let found = try path("{received:yyyy/MM/dd}/{SOPInstanceUID}.dcm")
        let after = output("date +%Y/%m/%d")
        #expect((before + after).contains { found == "\($0)/1.2.3.dcm" })
    }

    @Test("tells what it needs") func tellsWhatItNeeds() throws {
        #expect(
            try Layout("{PatientID}/{StudyDate:yyyy}/{received:yyyy}-{CallingAETitle}/{SOPInstanceUID:hash}")
                .requiredKeywords == [
                    "PatientID", "StudyDate",
                ]
        )
        #expect(Layout().requiredKeywords == [])
    }

    @Test(
        "refuses what cannot work",
        arguments: [
            "", "/{SOPInstanceUID}", "{SOPInstanceUID}/", "a//{SOPInstanceUID}", "../{SOPInstanceUID}",
            ".hidden/{SOPInstanceUID}", "{SOPInstanceUID", "{Nonsense}/{SOPInstanceUID}", "a b/{SOPInstanceUID}",
            "~{SOPInstanceUID}", "%41/{SOPInstanceUID}", "{received}/{SOPInstanceUID}",
            "{PatientID:yyyy}/{SOPInstanceUID}",
            "{StudyDate:week}/{SOPInstanceUID}", "{StudyDate:/}/{SOPInstanceUID}", "{received:hash}/{SOPInstanceUID}",
            // Could give two instances one name:
            "{StudyInstanceUID}/{InstanceNumber}.dcm", "{SOPInstanceUID}/{InstanceNumber}.dcm",
            "{Modality}-{SOPInstanceUID}.dcm", "{SOPInstanceUID:hash}{Modality}", "{PatientID:hash}.dcm",
        ]
    )
    func refusesWhatCannotWork(_ template: String) {
        let error = #expect(throws: ArchiveError.self) { try Layout(template) }
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("\"\(template)\"") == true)
    }

    @Test(
        "keeps every value in its component",
        arguments: [
            "/", "\u{0}", "..", "\u{1F600}", String(repeating: "p", count: 300), "a\nb", "CON", "~", ".dicom-node",
        ]
    )
    func keepsEveryValueInItsComponent(_ value: String) throws {
        let found = try path("{PatientID}/{SOPInstanceUID}.dcm") { sample in
            sample.keys.attributes["PatientID"] = value
        }
        let components = found.split(separator: "/")
        #expect(components.count == 2)
        #expect(components.allSatisfy { $0.utf8.count <= 255 && !$0.hasPrefix(".") && !$0.contains("~") })
    }

    /// Names that were too long differ as their values do, however long the common beginning.
    @Test("keeps long values apart") func keepsLongValuesApart() throws {
        let directory = try TemporaryDirectory()
        let archive = try InstanceArchive(ArchiveConfiguration(path: directory.archive))
        let long = String(repeating: "\u{1F600}", count: 100)
        for ending in ["a", "b", "%", "", "\u{1F600}"] {
            #expect(try archive.file(Sample(long + ending, ending)).outcome == .stored)
            #expect(try archive.file(Sample(long + ending, "other")).outcome == .keptBeside(copy: 2))
        }
        #expect(try directory.files().count == 10)
    }

    /// Whatever two UIDs are, their names differ.
    @Test("keeps similar values apart") func keepsSimilarValuesApart() throws {
        let directory = try TemporaryDirectory()
        let archive = try InstanceArchive(ArchiveConfiguration(path: directory.archive))
        let uids = ["_", "%5F", ".", "%2E", "..", "1.2~2", "1.2", "1.2%7E2", "1.2.dcm", "a", "A", "%", "%25", " ", "+"]
        for uid in uids { #expect(try archive.file(Sample(uid, uid)).outcome == .stored) }
        #expect(try directory.files().count == uids.count)
    }
}
