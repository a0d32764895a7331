import TestSupport
import Testing

@testable import Index

/// Lists, page by page, against a model: the rows in an array.
@Suite struct PageTests {
    @Test(
        "pages of every size give each row that a filter wants once, in order",
        arguments: 1...40 as ClosedRange<UInt64>
    )
    func pages(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        let database = try IndexDatabase(writing: directory.index)
        let instances = Self.instances(&generator)
        try database.put(instances)
        for _ in 0..<8 {
            let filter = Self.filter(&generator)
            let limit = Int.random(in: 1...12, using: &generator)
            let wanted = instances.filter { Self.matches($0, filter, perFile: false) }
            let wantedFiles = instances.filter { Self.matches($0, filter, perFile: true) }

            let studies = try Self.all(limit) { cursor in
                try database.read { try $0.studies(filter, after: cursor, limit: limit) }
            }
            let expected = Set(wanted.map(\.studyInstanceUID))
            #expect(studies.map(\.studyInstanceUID).sorted() == expected.sorted(), "\(filter)")
            let keys = studies.map { row in
                ["StudyDate", "StudyTime", "StudyInstanceUID"].map { row.attributes[$0] ?? "" }
            }
            #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) }.reversed())
            for study in studies {
                let files = instances.filter { $0.studyInstanceUID == study.studyInstanceUID }
                #expect(study.instances == files.count)
                #expect(study.bytes == files.reduce(0) { $0 + $1.bytes })
                #expect(study.series == Set(files.map(\.seriesInstanceUID)).count)
            }

            let series = try Self.all(limit) { cursor in
                try database.read { try $0.series(filter, after: cursor, limit: limit) }
            }
            let found = series.map {
                "\($0.attributes["StudyInstanceUID"] ?? "")/\($0.attributes["SeriesInstanceUID"] ?? "")"
            }
            #expect(Set(found) == Set(wanted.map { "\($0.studyInstanceUID)/\($0.seriesInstanceUID)" }))
            #expect(Set(found).count == found.count)

            let files = try Self.all(limit) { cursor in
                try database.read { try $0.instances(filter, after: cursor, limit: limit) }
            }
            #expect(files.map(\.path) == wantedFiles.map(\.path).sorted { Self.isBefore($0, $1) }, "\(filter)")

            let patients = try Self.all(limit) { cursor in
                try database.read { try $0.patients(filter, after: cursor, limit: limit) }
            }
            #expect(patients.count == Set(wanted.map(\.patientKey)).count, "\(filter)")
        }
    }

    /// By folder, then by name.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        let (left, right) = (IndexedInstance.split(left), IndexedInstance.split(right))
        return (left.directory, left.name) < (right.directory, right.name)
    }

    private static func all<Row>(_ limit: Int, _ page: (IndexCursor?) throws -> IndexPage<Row>) throws -> [Row] {
        var rows: [Row] = []
        var cursor: IndexCursor?
        repeat {
            let next = try page(cursor)
            #expect(next.rows.count <= limit && (next.rows.count == limit || next.next == nil))
            rows += next.rows
            cursor = next.next
        } while cursor != nil
        return rows
    }

    private static func instances(_ generator: inout SeededGenerator) -> [IndexedInstance] {
        var instances: [IndexedInstance] = []
        for study in 1...Int.random(in: 1...12, using: &generator) {
            let attributes = [
                "PatientID": ["", "P1", "P2", "P_3"].randomElement(using: &generator) ?? "",
                "PatientName": ["Müller^Jörg", "MÜLLER^Anna", "Doe^J%ne", "Łukasz", ""].randomElement(using: &generator)
                    ?? "",
                "StudyDate": ["", "20260101", "20260102", "20251231"].randomElement(using: &generator) ?? "",
                "StudyTime": ["", "120000"].randomElement(using: &generator) ?? "",
                "AccessionNumber": ["A1", "A2", ""].randomElement(using: &generator) ?? "",
            ]
            for series in 1...Int.random(in: 1...3, using: &generator) {
                let modality = ["CT", "MR", "US"].randomElement(using: &generator) ?? ""
                let source = ["ONE", "TWO"].randomElement(using: &generator) ?? ""
                for number in 1...Int.random(in: 1...4, using: &generator) {
                    instances.append(
                        .sample(
                            "1.\(study).\(series).\(number)",
                            study: "1.\(study)",
                            series: "1.\(study).\(series)",
                            bytes: Int64.random(in: 0...1_000, using: &generator),
                            source: source,
                            received: Int64.random(in: 1...50, using: &generator),
                            attributes.merging(["Modality": modality]) { $1 }
                        )
                    )
                }
            }
        }
        return instances
    }

    private static func filter(_ generator: inout SeededGenerator) -> IndexFilter {
        var filter = IndexFilter()
        if generator.oneIn(4) { filter.patientID = ["P1", "P*", "P_3", "?1"].randomElement(using: &generator) }
        if generator.oneIn(4) {
            filter.patientName = ["müller*", "*Ö*", "doe^j%ne", "DOE^J?NE", "Łuk*", "m%"].randomElement(
                using: &generator
            )
        }
        if generator.oneIn(4) { filter.studyDates = "20260101"..."20260101" }
        if generator.oneIn(4) { filter.studyDates = "0"..."20251231" }
        if generator.oneIn(4) { filter.modality = ["CT", "?R"].randomElement(using: &generator) }
        if generator.oneIn(5) { filter.accessionNumber = "A1" }
        if generator.oneIn(5) { filter.callingAETitle = "ONE" }
        if generator.oneIn(6) { filter.studyInstanceUID = "1.3" }
        if generator.oneIn(6) { filter.seriesInstanceUID = "1.*.1" }
        if generator.oneIn(6) { filter.sopInstanceUID = "1.1.1.1" }
        return filter
    }

    /// - Parameter perFile: Every condition is on the file; else one on a level below asks whether there is such a row.
    private static func matches(_ instance: IndexedInstance, _ filter: IndexFilter, perFile: Bool) -> Bool {
        func holds(_ pattern: String?, _ value: String) -> Bool {
            pattern.map { matches(Array($0)[...], Array(value)[...]) } ?? true
        }
        let date = instance.value("StudyDate")
        return holds(filter.patientID, instance.value("PatientID"))
            && holds(filter.patientName?.lowercased(), instance.value("PatientName").lowercased())
            && (filter.studyDates.map { $0.contains(date) } ?? true)
            && holds(filter.modality, instance.value("Modality"))
            && holds(filter.accessionNumber, instance.value("AccessionNumber"))
            && holds(filter.callingAETitle, instance.callingAETitle)
            && holds(filter.studyInstanceUID, instance.studyInstanceUID)
            && holds(filter.seriesInstanceUID, instance.seriesInstanceUID)
            && holds(filter.sopInstanceUID, instance.sopInstanceUID)
    }

    /// Wildcards, by trying (PS3.4 §C.2.2.2.4).
    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let letter = text.first, first == "?" || first == letter else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }
}
