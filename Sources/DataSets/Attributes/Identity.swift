/// What a data set says it is: its top-level UIDs, without padding. An empty one counts as absent.
package struct Identity: Equatable, Sendable {
    /// SOP Class UID (0008,0016).
    package let sopClassUID: String?
    /// SOP Instance UID (0008,0018).
    package let sopInstanceUID: String?
    /// Study Instance UID (0020,000D).
    package let studyInstanceUID: String?
    /// Series Instance UID (0020,000E).
    package let seriesInstanceUID: String?
}
