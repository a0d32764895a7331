/// Where instances go below the archive's directory: a template such as
/// `{PatientID}/{StudyDate:yyyy/MM/dd}/{StudyInstanceUID}/{SOPInstanceUID}.dcm`.
///
/// - `{Keyword}`: a value of the patient, study, series or instance level, percent-encoded; missing: `_`.
/// - `{CallingAETitle}`, `{CalledAETitle}`: the association's titles.
/// - `{Keyword:yyyy/MM/dd}`: a date (DA) in parts; one that is missing or no date gives `_` for each part.
/// - `{received:yyyy/MM/dd}`: when the instance was committed, in local time.
/// - `{Keyword:hash}`: the first 128 bits of the value's SHA-256, in 32 hexadecimal digits.
/// - Anything else stands for itself, and may be of `[0-9A-Za-z._-]` and `/`.
///
/// No template maps two instances to one file: the last component names the SOP Instance UID, either alone among the
/// values, or by its hash at the end, so that no other value can be taken for part of it.
package struct Layout: Sendable {
    enum Part: Hashable, Sendable {
        case literal(String)
        case value(String)
        case hash(String)
        /// Exactly `yyyy`, `MM`, `dd`, and what stands between is a literal part.
        case date(String, DatePart)
    }

    enum DatePart: String, CaseIterable, Sendable {
        case year = "yyyy"
        case month = "MM"
        case day = "dd"
    }

    /// The template, as it was written.
    package let template: String
    /// The values that a caller has to supply in `InstanceKeys.attributes`, by DICOM keyword. What
    /// `InstanceKeys` names itself is not among them.
    package let requiredKeywords: Set<String>
    /// For each component, from the archive's directory downwards, its parts; those of the file without its extension.
    let components: [[Part]]
    /// The file's extension: what the template says, not what a UID ends with.
    let `extension`: String

    /// `{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm`
    package init() {
        template = "{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}.dcm"
        requiredKeywords = []
        components = [
            [.value("StudyInstanceUID")], [.value("SeriesInstanceUID")], [.value("SOPInstanceUID")],
        ]
        `extension` = ".dcm"
    }

    /// - Throws: `.configuration`, with what is wrong in words for the one who wrote it.
    package init(_ template: String) throws(ArchiveError) {
        var parser = LayoutParser(template)
        (components, `extension`) = Self.split(try parser.parse())
        self.template = template
        let keywords = components.joined().compactMap { part -> String? in
            switch part {
            case .literal: nil
            case .value(let keyword), .hash(let keyword), .date(let keyword, _): keyword
            }
        }
        requiredKeywords = Set(keywords).subtracting(Self.ownKeywords)
    }

    /// Takes the file's extension from its component.
    private static func split(_ components: [[Part]]) -> ([[Part]], String) {
        guard case .literal(let text) = components.last?.last, let dot = text.lastIndex(of: ".") else {
            return (components, "")
        }
        var rest = components
        rest[rest.count - 1].removeLast()
        if dot > text.startIndex { rest[rest.count - 1].append(.literal(String(text[..<dot]))) }
        return (rest, String(text[dot...]))
    }

    static let received = "received"
    private static let ownKeywords: Set<String> = [
        "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "CallingAETitle", "CalledAETitle",
        received,
    ]

    /// The keywords that a template may name: of the patient, study, series and instance levels those that are read
    /// from every data set.
    package static let keywords: Set<String> = ownKeywords.union([
        "PatientID", "PatientName", "PatientBirthDate", "PatientBirthTime", "PatientSex", "IssuerOfPatientID",
        "PatientAge",
        "PatientSize", "PatientWeight", "OtherPatientNames", "EthnicGroup", "Occupation", "AdditionalPatientHistory",
        "PatientComments",
        "StudyID", "StudyDate", "StudyTime", "StudyDescription", "AccessionNumber", "ReferringPhysicianName",
        "RequestedProcedureDescription", "TimezoneOffsetFromUTC", "NameOfPhysiciansReadingStudy",
        "AdmittingDiagnosesDescription",
        "InstitutionName", "InstitutionalDepartmentName", "StationName", "Manufacturer", "ManufacturerModelName",
        "DeviceSerialNumber", "SoftwareVersions", "PerformingPhysicianName", "OperatorsName",
        "Modality", "SeriesNumber", "SeriesDate", "SeriesTime", "SeriesDescription", "BodyPartExamined", "Laterality",
        "ProtocolName", "PatientPosition", "ViewPosition", "FrameOfReferenceUID", "PerformedProcedureStepID",
        "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
        "InstanceNumber", "InstanceCreationDate", "InstanceCreationTime", "ImageType", "ConversionType",
        "AcquisitionNumber", "AcquisitionDate", "AcquisitionTime", "ContentDate", "ContentTime",
        "SliceThickness", "NumberOfFrames", "PhotometricInterpretation", "BurnedInAnnotation", "DocumentTitle",
    ])
}
