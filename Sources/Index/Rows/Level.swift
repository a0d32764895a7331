/// The levels of PS3.4 Annex C, and the attributes that a row of each has: the unique and required keys of §C.6.1.1 and
/// §C.6.2.1, and the optional ones that are commonly asked for.
package enum Level: String, CaseIterable, Sendable {
    case patient, study, series, instance

    /// By DICOM keyword. The columns have the same names, as SQL writes them.
    package var keywords: [String] {
        switch self {
        case .patient: Self.ofPatient
        case .study: Self.ofStudy
        case .series: Self.ofSeries
        case .instance: Self.ofInstance
        }
    }

    private static let ofPatient = [
        "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientBirthTime", "PatientSex",
        "OtherPatientNames", "EthnicGroup", "PatientComments",
    ]
    private static let ofStudy = [
        "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyID", "ReferringPhysicianName",
        "StudyDescription", "NameOfPhysiciansReadingStudy", "AdmittingDiagnosesDescription", "PatientAge",
        "PatientSize", "PatientWeight", "Occupation", "AdditionalPatientHistory", "RequestedProcedureDescription",
    ]
    private static let ofSeries = [
        "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDate", "SeriesTime", "SeriesDescription",
        "BodyPartExamined", "Laterality", "ProtocolName", "PatientPosition", "ViewPosition", "PerformingPhysicianName",
        "OperatorsName", "StationName", "InstitutionName", "InstitutionalDepartmentName", "Manufacturer",
        "ManufacturerModelName", "DeviceSerialNumber", "SoftwareVersions", "FrameOfReferenceUID",
        "PerformedProcedureStepID", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
    ]
    private static let ofInstance = [
        "SOPInstanceUID", "SOPClassUID", "InstanceNumber", "ImageType", "ContentDate", "ContentTime", "AcquisitionDate",
        "AcquisitionTime", "AcquisitionNumber", "NumberOfFrames", "Rows", "Columns", "BitsAllocated",
        "SpecificCharacterSet",
    ]

    /// The names of the columns, in the order of `keywords`.
    var columns: [String] { Self.columns[self] ?? [] }

    private static let columns = Dictionary(
        uniqueKeysWithValues: allCases.map { level in (level, level.keywords.map(Self.column)) }
    )

    /// `SOPInstanceUID` → `sop_instance_uid`.
    static func column(_ keyword: String) -> String {
        let letters = Array(keyword)
        var name = ""
        for (index, letter) in letters.enumerated() {
            if letter.isUppercase, index > 0 {
                let isAfterLowercase = letters[index - 1].isLowercase
                let isBeforeLowercase = index + 1 < letters.count && letters[index + 1].isLowercase
                if isAfterLowercase || isBeforeLowercase { name += "_" }
            }
            name += letter.lowercased()
        }
        return name
    }
}
