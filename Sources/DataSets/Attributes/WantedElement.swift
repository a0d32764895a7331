/// A top-level element that the scanner copies: what layout templates, the index and the log need, and no more.
package struct WantedElement: Equatable, Sendable {
    /// The element's tag.
    package let tag: Tag
    /// The VR that PS3.6 gives it, whatever the data set says.
    package let vr: String
    /// The keyword that PS3.6 gives it.
    package let keyword: String

    private init(_ tag: UInt32, _ vr: String, _ keyword: String) {
        self.tag = Tag(tag)
        self.vr = vr
        self.keyword = keyword
    }

    /// All of them, by ascending tag (PS3.6 §6). At most 128: a set of them is one `UInt128`.
    package static let all: [WantedElement] = [
        .init(0x0008_0005, "CS", "SpecificCharacterSet"),
        .init(0x0008_0008, "CS", "ImageType"),
        .init(0x0008_0012, "DA", "InstanceCreationDate"),
        .init(0x0008_0013, "TM", "InstanceCreationTime"),
        .init(0x0008_0016, "UI", "SOPClassUID"),
        .init(0x0008_0018, "UI", "SOPInstanceUID"),
        .init(0x0008_0020, "DA", "StudyDate"),
        .init(0x0008_0021, "DA", "SeriesDate"),
        .init(0x0008_0022, "DA", "AcquisitionDate"),
        .init(0x0008_0023, "DA", "ContentDate"),
        .init(0x0008_0030, "TM", "StudyTime"),
        .init(0x0008_0031, "TM", "SeriesTime"),
        .init(0x0008_0032, "TM", "AcquisitionTime"),
        .init(0x0008_0033, "TM", "ContentTime"),
        .init(0x0008_0050, "SH", "AccessionNumber"),
        .init(0x0008_0060, "CS", "Modality"),
        .init(0x0008_0064, "CS", "ConversionType"),
        .init(0x0008_0070, "LO", "Manufacturer"),
        .init(0x0008_0080, "LO", "InstitutionName"),
        .init(0x0008_0090, "PN", "ReferringPhysicianName"),
        .init(0x0008_0201, "SH", "TimezoneOffsetFromUTC"),
        .init(0x0008_1010, "SH", "StationName"),
        .init(0x0008_1030, "LO", "StudyDescription"),
        .init(0x0008_103E, "LO", "SeriesDescription"),
        .init(0x0008_1040, "LO", "InstitutionalDepartmentName"),
        .init(0x0008_1050, "PN", "PerformingPhysicianName"),
        .init(0x0008_1060, "PN", "NameOfPhysiciansReadingStudy"),
        .init(0x0008_1070, "PN", "OperatorsName"),
        .init(0x0008_1080, "LO", "AdmittingDiagnosesDescription"),
        .init(0x0008_1090, "LO", "ManufacturerModelName"),
        .init(0x0010_0010, "PN", "PatientName"),
        .init(0x0010_0020, "LO", "PatientID"),
        .init(0x0010_0021, "LO", "IssuerOfPatientID"),
        .init(0x0010_0030, "DA", "PatientBirthDate"),
        .init(0x0010_0032, "TM", "PatientBirthTime"),
        .init(0x0010_0040, "CS", "PatientSex"),
        .init(0x0010_1001, "PN", "OtherPatientNames"),
        .init(0x0010_1010, "AS", "PatientAge"),
        .init(0x0010_1020, "DS", "PatientSize"),
        .init(0x0010_1030, "DS", "PatientWeight"),
        .init(0x0010_2160, "SH", "EthnicGroup"),
        .init(0x0010_2180, "SH", "Occupation"),
        .init(0x0010_21B0, "LT", "AdditionalPatientHistory"),
        .init(0x0010_4000, "LT", "PatientComments"),
        .init(0x0018_0015, "CS", "BodyPartExamined"),
        .init(0x0018_0050, "DS", "SliceThickness"),
        .init(0x0018_1000, "LO", "DeviceSerialNumber"),
        .init(0x0018_1020, "LO", "SoftwareVersions"),
        .init(0x0018_1030, "LO", "ProtocolName"),
        .init(0x0018_5100, "CS", "PatientPosition"),
        .init(0x0018_5101, "CS", "ViewPosition"),
        .init(0x0020_000D, "UI", "StudyInstanceUID"),
        .init(0x0020_000E, "UI", "SeriesInstanceUID"),
        .init(0x0020_0010, "SH", "StudyID"),
        .init(0x0020_0011, "IS", "SeriesNumber"),
        .init(0x0020_0012, "IS", "AcquisitionNumber"),
        .init(0x0020_0013, "IS", "InstanceNumber"),
        .init(0x0020_0052, "UI", "FrameOfReferenceUID"),
        .init(0x0020_0060, "CS", "Laterality"),
        .init(0x0028_0002, "US", "SamplesPerPixel"),
        .init(0x0028_0004, "CS", "PhotometricInterpretation"),
        .init(0x0028_0008, "IS", "NumberOfFrames"),
        .init(0x0028_0010, "US", "Rows"),
        .init(0x0028_0011, "US", "Columns"),
        .init(0x0028_0100, "US", "BitsAllocated"),
        .init(0x0028_0101, "US", "BitsStored"),
        .init(0x0028_0301, "CS", "BurnedInAnnotation"),
        .init(0x0032_1060, "LO", "RequestedProcedureDescription"),
        .init(0x0040_0244, "DA", "PerformedProcedureStepStartDate"),
        .init(0x0040_0245, "TM", "PerformedProcedureStepStartTime"),
        .init(0x0040_0253, "SH", "PerformedProcedureStepID"),
        .init(0x0042_0010, "ST", "DocumentTitle"),
    ]

    private static let tags = all.map(\.tag)
    /// Behind it there is none.
    static let lastGroup = all.last?.tag.group ?? .max

    /// Looks for one element after the other, as they come: by ascending tag. Any order gives the same answers, only
    /// slower.
    struct Search {
        private let tags = WantedElement.tags
        private var next = 0

        /// Where `tag` stands in `all`; nil if it is not wanted.
        mutating func index(of tag: Tag) -> Int? {
            if next > 0, tags[next - 1] >= tag { next = 0 }
            while next < tags.count, tags[next] < tag { next += 1 }
            return next < tags.count && tags[next] == tag ? next : nil
        }
    }

    /// Where `tag` stands in `all`; nil if it is not wanted.
    static func index(of tag: Tag) -> Int? {
        // Most elements of a large object are elsewhere: overlays, waveforms, private groups.
        guard tag.group <= 0x0042 && !tag.isPrivate else { return nil }
        var low = 0
        var high = tags.count
        while low < high {
            let middle = (low + high) / 2
            if tags[middle] < tag {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < tags.count && tags[low] == tag ? low : nil
    }
}
