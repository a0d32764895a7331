import Foundation
import SystemPackage
import Testing

@testable import Index
@testable import dicom_node

/// What `archive list` reads and writes.
@Suite("dicom-node archive list")
struct ArchiveListTests {
    private let study = StudyRow(
        attributes: [
            "StudyInstanceUID": "1.2", "StudyDate": "20260131", "PatientID": "4711",
            "PatientName": "Müller, \"J\"\u{1B}[31m\n",
        ],
        modalities: ["CT", "SR"],
        series: 2,
        instances: 3,
        bytes: 1_572_864,
        callingAETitles: ["SCANNER"],
        received: 0,
        changed: 86_399
    )

    private func text(_ format: ListPrinter.Format, _ pages: [[ListedRow]]) -> String {
        var printer = ListPrinter(format, columns: ListColumn.of(.studies))
        return pages.map { printer.text($0) }.joined() + printer.end()
    }

    @Test("JSON is an array of objects with DICOM keywords, over pages", arguments: [[], [1], [2, 1], [1, 0]])
    func json(pages: [Int]) throws {
        let json = text(.json, pages.map { Array(repeating: ListedRow(study), count: $0) })
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
        let rows = try #require(parsed)
        #expect(rows.count == pages.reduce(0, +))
        if rows.isEmpty { return }
        #expect(rows.first?["PatientName"] as? String == study.attributes["PatientName"])
        #expect(rows.first?["ModalitiesInStudy"] as? [String] == ["CT", "SR"])
        #expect(rows.first?["NumberOfStudyRelatedInstances"] as? Int == 3)
        #expect(rows.first?["changed"] as? String == "1970-01-01T23:59:59Z")
    }

    @Test("CSV quotes what RFC 4180 wants quoted, and has one heading")
    func csv() {
        let lines = text(.csv, [[ListedRow(study)], [ListedRow(study)]]).components(separatedBy: "\r\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("StudyDate,ModalitiesInStudy,PatientID,PatientName,"))
        #expect(lines[1].hasPrefix("20260131,CT\\SR,4711,\"Müller, \"\"J\"\"\u{1B}[31m\n\","))
        #expect(lines[1] == lines[2])
    }

    @Test("no control character of a peer reaches a terminal")
    func table() {
        let table = text(.table, [[ListedRow(study)]])
        #expect(table.split(separator: "\n").count == 2)
        #expect(!table.contains("\u{1B}"))
        #expect(table.contains("1.5 MiB"))
        #expect(table.contains("CT,SR"))
    }

    @Test("a place is one word, and read back as it was")
    func cursor() throws {
        for key in [["20260131", "", "1.2"], ["Müller", "x\\y"], [""], ["", ""]] {
            let text = ListOutput.text(IndexCursor(key: key))
            #expect(try ListOutput.cursor(text) == IndexCursor(key: key), "\(text)")
            #expect(text.allSatisfy { $0.isHexDigit || $0 == "." })
        }
        for wrong in ["4", "zz", "C3", "41.4"] { #expect(throws: InvalidValue.self) { try ListOutput.cursor(wrong) } }
    }

    @Test("ranges of dates")
    func dates() throws {
        #expect(try ListFilters.dates("20260131") == "20260131"..."20260131")
        #expect(try ListFilters.dates("20260101-20260131") == "20260101"..."20260131")
        #expect(try ListFilters.dates("20260101-") == "20260101"..."99999999")
        #expect(try ListFilters.dates("-20260131") == "0"..."20260131")
        for wrong in ["", "-", "2026", "20260131-20260101", "a", "20260101-20260102-20260103", "2026-01-31"] {
            #expect(throws: InvalidValue.self, "\(wrong)") { try ListFilters.dates(wrong) }
        }
    }

    @Test("growth is taken over the last days, or over as many as there are")
    func growth() {
        let day: Int64 = 86_400
        var statistics = IndexStatistics()
        #expect(ArchiveStats.growth(statistics, now: 100 * day) == 0)
        statistics.days = [(100 * day, 1, 10), (99 * day, 1, 30)]
        #expect(ArchiveStats.growth(statistics, now: 100 * day + 5) == 20)
        statistics.days.append((10 * day, 1, 1_000_000))
        #expect(ArchiveStats.growth(statistics, now: 100 * day + 5) == 40 / 30)
    }

    @Test("where an index is")
    func location() throws {
        #expect(try IndexLocation(argument: "").database(of: "/a").string == "/a/.dicom-node/index.sqlite")
        #expect(try IndexLocation(argument: "sqlite:/x/y.db").database(of: "/a").string == "/x/y.db")
        #expect(try IndexLocation(argument: "sqlite:/x/y.db").text == "sqlite:/x/y.db")
        for wrong in ["sqlite:", "/x/y.db", "mysql:x"] {
            #expect(throws: InvalidValue.self) { try IndexLocation(argument: wrong) }
        }
    }
}
