package import Instances

/// A file of the archive, as the index knows it.
package struct IndexedInstance: Equatable, Sendable {
    /// Of its folder below the archive's directory; empty for that itself.
    package var directory: String
    package var name: String
    package var sopClassUID: String
    package var sopInstanceUID: String
    /// Empty where the data set has none.
    package var studyInstanceUID: String
    package var seriesInstanceUID: String
    package var transferSyntaxUID: String
    /// Of the data set.
    package var bytes: Int64
    /// Of the data set, in hexadecimal digits: 32 of XXH3, 64 of SHA-256; empty: none is kept.
    package var digest: String
    package var callingAETitle: String
    package var calledAETitle: String
    /// The address that it came from; empty: not known.
    package var host: String
    /// Seconds since 1970.
    package var received: Int64
    package var attributes: InstanceAttributes

    /// As ``StoredInstance/path``.
    package var path: String { directory.isEmpty ? name : directory + "/" + name }

    package init(
        path: String,
        sopClassUID: String,
        sopInstanceUID: String,
        studyInstanceUID: String,
        seriesInstanceUID: String,
        transferSyntaxUID: String,
        bytes: Int64,
        digest: String,
        callingAETitle: String,
        calledAETitle: String,
        host: String = "",
        received: Int64,
        attributes: InstanceAttributes
    ) {
        (directory, name) = Self.split(path)
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.bytes = bytes
        self.digest = digest
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.host = host
        self.received = received
        self.attributes = attributes
    }

    /// One that the archive has told of.
    package init(_ instance: ArchivedInstance) {
        self.init(
            path: instance.stored.path,
            sopClassUID: instance.keys.sopClassUID,
            sopInstanceUID: instance.keys.sopInstanceUID,
            studyInstanceUID: instance.keys.studyInstanceUID ?? "",
            seriesInstanceUID: instance.keys.seriesInstanceUID ?? "",
            transferSyntaxUID: instance.head.transferSyntaxUID,
            bytes: Int64(clamping: instance.dataSetLength),
            digest: instance.digest ?? "",
            callingAETitle: instance.head.sourceApplicationEntityTitle,
            calledAETitle: instance.head.receivingApplicationEntityTitle,
            host: instance.head.sourceHost,
            received: Int64(instance.received),
            attributes: instance.attributes()
        )
    }

    /// A path as folder and name.
    package static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
    }

    /// The value of a column of attributes: the four UIDs are those above, whatever padding the data set has.
    func value(_ keyword: String) -> String {
        let value =
            switch keyword {
            case "SOPClassUID": sopClassUID
            case "SOPInstanceUID": sopInstanceUID
            case "StudyInstanceUID": studyInstanceUID
            case "SeriesInstanceUID": seriesInstanceUID
            default: attributes.values[keyword] ?? ""
            }
        // PostgreSQL takes no NUL in text, and none means anything.
        return value.utf8.contains(0) ? value.filter { $0 != "\0" } : value
    }

    /// What stands for the patient: the ID, its issuer and the name, because IDs of two hospitals may be the same, and
    /// a study must not be shown under another one's name. Where there is no ID, the study, because two patients
    /// without an ID are not one.
    var patientKey: String {
        let id = value("PatientID")
        if id.isEmpty { return "\\" + studyInstanceUID }
        var name = FoldedText.folded(value("PatientName"))
        while let last = name.last, last == "^" || last == "=" || last == " " { name.removeLast() }
        return [id, value("IssuerOfPatientID"), name].joined(separator: "\\")
    }

    /// The values of one level that could not be decoded: `PatientName=4DFC6C6C6572`, several with a blank between.
    func undecoded(_ level: Level) -> String {
        guard !attributes.undecoded.isEmpty else { return "" }
        return level.keywords.compactMap { keyword in
            attributes.undecoded[keyword].map { "\(keyword)=\(Hexadecimal.text($0))" }
        }.joined(separator: " ")
    }
}
