/// A patient, with what the archive holds of it.
package struct PatientRow: Equatable, Sendable {
    /// By DICOM keyword; empty ones are left out.
    package var attributes: [String: String]
    package var studies: Int
    package var instances: Int
    package var bytes: Int64
}

/// A study, with its patient's attributes and what the archive holds of it.
package struct StudyRow: Equatable, Sendable {
    /// By DICOM keyword; empty ones are left out.
    package var attributes: [String: String]
    package var modalities: [String]
    package var series: Int
    /// Files: copies count.
    package var instances: Int
    package var bytes: Int64
    /// The application entities that it came from.
    package var callingAETitles: [String]
    /// When its first and its last file came: seconds since 1970.
    package var received: Int64
    package var changed: Int64

    package var studyInstanceUID: String { attributes["StudyInstanceUID"] ?? "" }
}

/// A series, with what the archive holds of it.
package struct SeriesRow: Equatable, Sendable {
    /// By DICOM keyword, those of its study and patient too; empty ones are left out.
    package var attributes: [String: String]
    package var instances: Int
    package var bytes: Int64
    /// The application entity that its first file came from.
    package var callingAETitle: String
    package var received: Int64
    package var changed: Int64
}

/// A file of the archive.
package struct InstanceRow: Equatable, Sendable {
    /// By DICOM keyword, those of its series, study and patient too; empty ones are left out.
    package var attributes: [String: String]
    /// As `InstanceStore.open` takes it.
    package var path: String
    package var transferSyntaxUID: String
    /// Of the data set.
    package var bytes: Int64
    /// Of the data set: 32 hexadecimal digits of XXH3, or 64 of SHA-256; empty: none is kept.
    package var digest: String
    package var callingAETitle: String
    package var calledAETitle: String
    package var host: String
    /// Seconds since 1970.
    package var received: Int64

    package var sopClassUID: String { attributes["SOPClassUID"] ?? "" }
    package var sopInstanceUID: String { attributes["SOPInstanceUID"] ?? "" }
    package var studyInstanceUID: String { attributes["StudyInstanceUID"] ?? "" }
    package var seriesInstanceUID: String { attributes["SeriesInstanceUID"] ?? "" }
}

/// Some rows of many, and where the next ones begin.
package struct IndexPage<Row: Sendable>: Sendable {
    package var rows: [Row]
    /// Nil: there are no more.
    package var next: IndexCursor?
}

/// A place between two rows: what the last one before it is ordered by. A row that is added or removed elsewhere moves
/// no other one to another page.
package struct IndexCursor: Equatable, Sendable {
    package var key: [String]
    package init(key: [String]) { self.key = key }
}
