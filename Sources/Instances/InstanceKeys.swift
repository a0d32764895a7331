/// What decides an instance's place in a store. The values are a peer's: nothing in them reaches a file system
/// unencoded.
package struct InstanceKeys: Hashable, Sendable {
    package var sopClassUID: String
    package var sopInstanceUID: String
    /// Nil or empty: the path component `_`.
    package var studyInstanceUID: String?
    /// Nil or empty: the path component `_`.
    package var seriesInstanceUID: String?
    /// The requestor of the association that the instance came on: the store takes it from the head. Empty: the path
    /// component `_`.
    package var callingAETitle: String
    /// The title that it called us by, likewise. Empty: the path component `_`.
    package var calledAETitle: String
    /// Further values by DICOM keyword (`PatientID`), where the place depends on them: the store reads them itself.
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
