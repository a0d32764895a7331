/// What decides an instance's place in the archive. The values are a peer's: nothing in them reaches the file system
/// unencoded.
package struct InstanceKeys: Hashable, Sendable {
    package var sopClassUID: String
    package var sopInstanceUID: String
    /// Nil or empty: the path component `_`.
    package var studyInstanceUID: String?
    /// Nil or empty: the path component `_`.
    package var seriesInstanceUID: String?
    /// The requestor of the association that the instance came on. Empty: the path component `_`.
    package var callingAETitle: String
    /// The title that it called us by. Empty: the path component `_`.
    package var calledAETitle: String
    /// Further values by DICOM keyword (`PatientID`), for those that the layout names.
    package var attributes: [String: String]

    package init(
        sopClassUID: String,
        sopInstanceUID: String,
        studyInstanceUID: String?,
        seriesInstanceUID: String?,
        callingAETitle: String = "",
        calledAETitle: String = "",
        attributes: [String: String] = [:]
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.attributes = attributes
    }
}

/// An instance that the archive has taken responsibility for.
package struct StoredInstance: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The first of its name.
        case stored
        /// The same bytes were there already; nothing was written.
        case identical
        /// Other bytes were there; this is the copy with this number, from 2.
        case keptBeside(copy: Int)
        /// Other bytes were there and stay; this one was dropped, as configured.
        case keptFirst
        /// Other bytes were there; this one took their place, as configured.
        case replaced
    }

    /// Relative to the archive's directory.
    package var path: String
    package var outcome: Outcome

    package init(path: String, outcome: Outcome) {
        self.path = path
        self.outcome = outcome
    }
}
