import GRDB
package import SystemPackage

/// Why the index cannot be used, in words for its operator.
package enum IndexError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Its tables are those of a later version of the node.
    case newer(found: Int, known: Int)
    /// It has no tables of this version, and may not be written.
    case older
    /// It was no database any more, or a broken one, and was put aside.
    case damaged(String)
    /// There is none.
    case missing(String)
    /// The database, or its disk, refused.
    case refused(String)

    package var description: String {
        switch self {
        case .newer(let found, let known):
            "the index is of version \(found), and this node knows version \(known): start the newer node, or move the "
                + "index away and have it made anew by dicom-node archive reindex"
        case .older: "the index is of an older version: start the node once, or run dicom-node archive reindex"
        case .damaged(let path): "the index was damaged: it is now \(path), and is made anew from the files"
        case .missing(let path): "there is no index \(path): make it with dicom-node archive reindex"
        case .refused(let reason): reason
        }
    }

    /// - Parameter path: Of the database.
    package init(_ error: any Error, at path: FilePath) {
        switch error {
        case let error as IndexError: self = error
        case let error as DatabaseError: self = .refused("\(path): \(Self.words(error))")
        default: self = .refused("\(path): \(error)")
        }
    }

    private static func words(_ error: DatabaseError) -> String {
        switch error.resultCode.primaryResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another process has it locked: end that, or wait"
        case .SQLITE_FULL: "its disk is full: make room"
        case .SQLITE_IOERR: "its disk fails: look at the kernel's log"
        case .SQLITE_CANTOPEN: "it cannot be opened: look at its folder, and who may write there"
        case .SQLITE_READONLY: "it may not be written: look at its owner and at the mount"
        default: error.message ?? "\(error.resultCode)"
        }
    }

    /// The file is no database any more, or a broken one.
    static func isDamage(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode.primaryResultCode)
    }
}
