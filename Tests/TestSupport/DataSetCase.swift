/// One of the data sets under Fixtures/cases/data-sets: like what real equipment sends, and what becomes of it.
package struct DataSetCase: Sendable, CustomStringConvertible {
    package enum Want: String, Sendable {
        /// Answered 0000H, and kept byte for byte.
        case store
        /// Answered with a failure, and nothing is kept.
        case refuse
        /// One or the other.
        case either
    }

    package let name: String
    package let transferSyntaxUID: String
    package let want: Want
    /// What it is like.
    package let reason: String
    /// Of the file's head; the command's.
    package let sopClassUID: String
    package let sopInstanceUID: String
    package let dataSet: [UInt8]

    package var description: String { "\(name): \(reason)" }

    private static let folder = "cases/data-sets/"

    /// All of them, in the order of cases.csv.
    package static func all() throws -> [DataSetCase] {
        try Fixtures.text(folder + "cases.csv").split(separator: "\n").dropFirst().map { line in
            let fields = Self.fields(of: line)
            guard fields.count == 4, let want = Want(rawValue: fields[2]) else {
                throw ProcessError("cases.csv: \(line)")
            }
            let file = try Part10File(path: Fixtures.path + "/" + folder + fields[0])
            return DataSetCase(
                name: fields[0],
                transferSyntaxUID: fields[1],
                want: want,
                reason: fields[3],
                sopClassUID: file.sopClassUID,
                sopInstanceUID: file.sopInstanceUID,
                dataSet: file.dataSet
            )
        }
    }

    /// The fields of one line; a quotation mark in a quoted one stands twice (RFC 4180 §2).
    private static func fields(of line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
