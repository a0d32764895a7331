extension Object {
    /// All of them. Their order is in their UIDs: new ones go to the end.
    static let all = images + documents + others

    private static let images = [
        Object(
            name: "ct",
            description: "CT image",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.2",
            modality: "CT",
            pixels: Pixels(rows: 16, columns: 16),
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("ImageType", "ORIGINAL\\PRIMARY\\AXIAL")
                try fixture.put("RescaleIntercept", "-1024")
                try fixture.put("RescaleSlope", "1")
                try fixture.put("PixelSpacing", "0.5\\0.5")
                try fixture.put("ReferencedImageSequence[0].ReferencedSOPClassUID", "1.2.840.10008.5.1.4.1.1.2")
                try fixture.put("ReferencedImageSequence[0].ReferencedSOPInstanceUID", UIDs.study + "9")
            }
        ),
        Object(
            name: "mr",
            description: "MR image, name in UTF-8, private elements",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.4",
            modality: "MR",
            style: .definedLengths,
            characterSet: "ISO_IR 192",
            patientName: Array("Łukasiewicz^Żaneta=山田^花子".utf8),
            pixels: Pixels(rows: 16, columns: 12),
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("ScanningSequence", "SE")
                try fixture.put("(0029,0010)", "FIXTURE HEADER")
                try fixture.put(0x0029, 0x1010, "OB", Array(0..<64))
                try fixture.put(0x0029, 0x1020, "UN", Array(0..<32))
            }
        ),
        Object(
            name: "cr",
            description: "CR image with group lengths, name in Latin-1",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.1",
            modality: "CR",
            style: .groupLengths,
            characterSet: "ISO_IR 100",
            patientName: [0x4D, 0xFC, 0x6C, 0x6C, 0x65, 0x72, 0x5E, 0x4A, 0xF6, 0x72, 0x67],
            pixels: Pixels(rows: 20, columns: 16),
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("BodyPartExamined", "CHEST")
                try fixture.put("ViewPosition", "PA")
            }
        ),
        Object(
            name: "enhanced-ct",
            description: "Enhanced CT, 3 frames",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.2.1",
            modality: "CT",
            pixels: Pixels(rows: 12, columns: 12, frames: 3),
            fill: { (fixture: borrowing Fixture) in
                let shared = "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]."
                try fixture.put(shared + "PixelSpacing", "0.5\\0.5")
                try fixture.put(shared + "SliceThickness", "1")
                for frame in 0..<3 {
                    let group = "PerFrameFunctionalGroupsSequence[\(frame)]."
                    try fixture.put(group + "PlanePositionSequence[0].ImagePositionPatient", "0\\0\\\(frame)")
                    try fixture.put(group + "FrameContentSequence[0].StackID", "1")
                }
            }
        ),
        Object(
            name: "us",
            description: "Ultrasound, 3 frames in colour",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.3.1",
            modality: "US",
            pixels: Pixels(rows: 16, columns: 16, frames: 3, isColor: true),
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("FrameTime", "40")
                let region = "SequenceOfUltrasoundRegions[0]."
                try fixture.put(region + "RegionSpatialFormat", "1")
                try fixture.put(region + "PhysicalDeltaX", "0.01")
            }
        ),
    ]

    private static let documents = [
        Object(
            name: "rt-structure-set",
            description: "RT structure set",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.481.3",
            modality: "RTSTRUCT",
            style: .definedLengths,
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("StructureSetLabel", "FIXTURE")
                for region in 0..<2 {
                    try fixture.put("StructureSetROISequence[\(region)].ROINumber", "\(region + 1)")
                    try fixture.put("StructureSetROISequence[\(region)].ROIName", "Region \(region + 1)")
                    for contour in 0..<2 {
                        let item = "ROIContourSequence[\(region)].ContourSequence[\(contour)]."
                        try fixture.put(item + "ContourGeometricType", "CLOSED_PLANAR")
                        try fixture.put(item + "NumberOfContourPoints", "3")
                        try fixture.put(item + "ContourData", "0\\0\\\(contour)\\1\\0\\\(contour)\\1\\1\\\(contour)")
                    }
                }
            }
        ),
        Object(
            name: "structured-report",
            description: "Basic text report, name in ISO 2022 IR 87",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.88.11",
            modality: "SR",
            characterSet: "\\ISO 2022 IR 87",
            patientName: Array("Yamada^Tarou=\u{1B}$B;3ED\u{1B}(B^\u{1B}$BB@O:\u{1B}(B".utf8),
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("ValueType", "CONTAINER")
                try fixture.put("ContinuityOfContent", "SEPARATE")
                try fixture.put("ConceptNameCodeSequence[0].CodeValue", "126000")
                try fixture.put("ConceptNameCodeSequence[0].CodingSchemeDesignator", "DCM")
                try fixture.put("ConceptNameCodeSequence[0].CodeMeaning", "Imaging Measurement Report")
                for item in 0..<3 {
                    let content = "ContentSequence[\(item)]."
                    try fixture.put(content + "RelationshipType", "CONTAINS")
                    try fixture.put(content + "ValueType", "TEXT")
                    try fixture.put(content + "ConceptNameCodeSequence[0].CodeValue", "121071")
                    try fixture.put(content + "TextValue", "Finding \(item + 1): none.")
                }
            }
        ),
        Object(
            name: "encapsulated-pdf",
            description: "Encapsulated PDF",
            sopClassUID: "1.2.840.10008.5.1.4.1.1.104.1",
            modality: "DOC",
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("DocumentTitle", "Fixture")
                try fixture.put("MIMETypeOfEncapsulatedDocument", "application/pdf")
                let document = Array("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".utf8)
                try fixture.put(0x0042, 0x0011, "OB", document + (document.count.isMultiple(of: 2) ? [] : [0]))
            }
        ),
    ]

    private static let others = [
        Object(
            name: "private-class",
            description: "Object of a private SOP class",
            sopClassUID: "1.3.46.670589.2.5.1.1",
            modality: "OT",
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("(0011,0010)", "FIXTURE PRIVATE")
                try fixture.put(0x0011, 0x1001, "OB", Array(0..<128))
            }
        ),
        Object(
            name: "color-palette",
            description: "Color palette: no patient, no study",
            sopClassUID: "1.2.840.10008.5.1.4.39.1",
            modality: "",
            isComposite: false,
            fill: { (fixture: borrowing Fixture) in
                try fixture.put("ContentLabel", "FIXTURE")
                try fixture.put("PaletteColorLookupTableUID", UIDs.study + "8")
                for (keyword, element) in [("Red", 0x1101), ("Green", 0x1102), ("Blue", 0x1103)] {
                    try fixture.put("\(keyword)PaletteColorLookupTableDescriptor", "4\\0\\16")
                    try fixture.put(0x0028, UInt16(element + 0x100), words: [0, 0x5555, 0xAAAA, 0xFFFF])
                }
            }
        ),
    ]
}
