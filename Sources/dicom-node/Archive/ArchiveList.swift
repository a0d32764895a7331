import ArgumentParser
import Index
import Instances
import SystemPackage

/// `dicom-node archive list`: rows of the index.
struct ArchiveList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List patients, studies, series or instances.",
        discussion: """
            Studies are listed from the latest date on. Values may have the wildcards * and ?; names match in either case.
            Where there are more, the last line on standard error says how to go on.

            dicom-node archive list studies --archive /srv/dicom/archive --name 'müller*' --dates 20260101-
            dicom-node archive list studies --modality CT --dates 20260127 --paths -0 | xargs -0 dcmdump
            """
    )

    /// Of which level the rows are.
    enum ListedLevel: String, CaseIterable, ExpressibleByArgument {
        case patients, studies, series, instances
    }

    @Argument(help: "patients, studies, series or instances.")
    var level: ListedLevel

    @OptionGroup var options: IndexedArchiveOptions
    @OptionGroup(title: "Filters") var filters: ListFilters
    @OptionGroup(title: "Output") var output: ListOutput

    func run() throws {
        let archive = try options.read()
        let database = try archive.open()
        do {
            if output.paths {
                try listPaths(database, of: archive)
            } else {
                try list(database)
            }
        } catch {
            throw archive.failure(error)
        }
    }

    /// The files of what is listed, whatever its level.
    private func listPaths(_ database: IndexDatabase, of archive: IndexedArchive) throws {
        let filter = filters.filter
        let end = output.isNULTerminated ? "\0" : "\n"
        try eachPage { cursor, limit in
            let page = try database.read { try $0.instances(filter, after: cursor, limit: limit) }
            let text = page.rows.map { archive.path.appending($0.path).string + end }.joined()
            StandardStream.output.write(text)
            return (page.rows.count, page.next)
        }
    }

    private func list(_ database: IndexDatabase) throws {
        let filter = filters.filter
        var printer = ListPrinter(output.format, columns: ListColumn.of(level))
        try eachPage { cursor, limit in
            let (rows, next) = try database.read { reader in
                switch level {
                case .patients:
                    let page = try reader.patients(filter, after: cursor, limit: limit)
                    return (page.rows.map(ListedRow.init), page.next)
                case .studies:
                    let page = try reader.studies(filter, after: cursor, limit: limit)
                    return (page.rows.map(ListedRow.init), page.next)
                case .series:
                    let page = try reader.series(filter, after: cursor, limit: limit)
                    return (page.rows.map(ListedRow.init), page.next)
                case .instances:
                    let page = try reader.instances(filter, after: cursor, limit: limit)
                    return (page.rows.map(ListedRow.init), page.next)
                }
            }
            StandardStream.output.write(printer.text(rows))
            return (rows.count, next)
        }
        StandardStream.output.write(printer.end())
    }

    /// Rows that are read at once where all are wanted.
    private static let pageRows = 1_000

    /// Reads one page after the other until the limit, and says where the next one begins.
    private func eachPage(_ body: (IndexCursor?, Int) throws -> (Int, IndexCursor?)) throws {
        var left = output.limit == 0 ? Int.max : output.limit
        var cursor = output.after
        repeat {
            let (count, next) = try body(cursor, min(left, Self.pageRows))
            left -= count
            cursor = next
        } while cursor != nil && left > 0
        if let cursor {
            StandardStream.error.writeLine("there are more: --after \(ListOutput.text(cursor)), or --rows 0 for all")
        }
    }
}

/// Which rows are wanted.
struct ListFilters: ParsableArguments {
    @Option(name: .customLong("patient"), help: ArgumentHelp("Patient ID.", valueName: "id"))
    var patientID: String?
    @Option(name: .customLong("name"), help: ArgumentHelp("Patient's Name.", valueName: "name"))
    var patientName: String?
    @Option(
        name: .customLong("dates"),
        help: ArgumentHelp("Study Date: 20260131, 20260101-20260131, 20260101- or -20260131.", valueName: "range"),
        transform: Self.dates
    )
    var dates: ClosedRange<String>?
    @Option(help: "Modality, such as CT.") var modality: String?
    @Option(name: .customLong("accession"), help: ArgumentHelp("Accession Number.", valueName: "number"))
    var accessionNumber: String?
    @Option(help: ArgumentHelp("AE title that it came from.", valueName: "title")) var source: String?
    @Option(name: .customLong("study"), help: ArgumentHelp("Study Instance UID.", valueName: "uid"))
    var studyInstanceUID: String?
    @Option(name: .customLong("series"), help: ArgumentHelp("Series Instance UID.", valueName: "uid"))
    var seriesInstanceUID: String?
    @Option(name: .customLong("instance"), help: ArgumentHelp("SOP Instance UID.", valueName: "uid"))
    var sopInstanceUID: String?

    var filter: IndexFilter {
        var filter = IndexFilter()
        filter.patientID = patientID
        filter.patientName = patientName
        filter.studyDates = dates
        filter.modality = modality
        filter.accessionNumber = accessionNumber
        filter.callingAETitle = source
        filter.studyInstanceUID = studyInstanceUID
        filter.seriesInstanceUID = seriesInstanceUID
        filter.sopInstanceUID = sopInstanceUID
        return filter
    }

    /// A range of dates as a query has it (PS3.4 §C.2.2.2.5).
    static func dates(_ argument: String) throws -> ClosedRange<String> {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let areDates = ends.allSatisfy {
            $0.isEmpty || ($0.utf8.count == 8 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 })
        }
        guard areDates, ends.count <= 2, ends.contains(where: { !$0.isEmpty }), let first = ends.first,
            let last = ends.last
        else { throw InvalidValue("give a date such as 20260131, or two with - between; one of them may be missing.") }
        // Studies without a date are in no range.
        let (lower, upper) = (first.isEmpty ? "0" : first, last.isEmpty ? "99999999" : last)
        guard lower <= upper else { throw InvalidValue("\(first) is later than \(last).") }
        return lower...upper
    }
}

/// How rows are shown, and how many.
struct ListOutput: ParsableArguments {
    @Flag(help: "An array of JSON objects, with DICOM keywords.") var json = false
    @Flag(help: "Values separated by commas, with DICOM keywords in the first line.") var csv = false
    @Flag(help: "Only the paths of the files, also those of whole studies and series.") var paths = false
    @Flag(name: .customShort("0"), help: "With --paths: a NUL behind each, for xargs -0.") var isNULTerminated = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Rows at most; 0: all. (default: 100, with --paths all)", valueName: "number"),
        transform: Setting.number(in: 0...Int.max)
    )
    var rows: Int?
    @Option(help: ArgumentHelp("Go on behind this place.", valueName: "place"), transform: Self.cursor)
    var after: IndexCursor?

    var limit: Int { rows ?? (paths ? 0 : 100) }

    var format: ListPrinter.Format { json ? .json : csv ? .csv : .table }

    func validate() throws {
        if [json, csv, paths].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --json, --csv and --paths.")
        }
        if isNULTerminated, !paths { throw ValidationError("-0 goes with --paths.") }
    }

    /// A place as one word: the hexadecimal digits of each key.
    static func text(_ cursor: IndexCursor) -> String {
        cursor.key.map { Hexadecimal.text($0.utf8) }.joined(separator: ".")
    }

    static func cursor(_ argument: String) throws -> IndexCursor {
        let key = try argument.split(separator: ".", omittingEmptySubsequences: false).map { digits in
            let digits = Array(digits.utf8)
            let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
                UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            }
            guard bytes.count * 2 == digits.count, let text = String(validating: bytes, as: UTF8.self) else {
                throw InvalidValue("give what the list before has named.")
            }
            return text
        }
        return IndexCursor(key: key)
    }
}
