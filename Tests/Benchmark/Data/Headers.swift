/// The header elements of the synthetic instances: what a scanner writes, in number, size and nesting.
enum Headers {
    static let root = "2.25.31415926535897932384626433832795"

    /// Patient, study, series, equipment and SOP common: some fifty elements.
    static func common(_ sopClass: SOPClass, _ place: Place) -> DataSetWriter {
        var set = DataSetWriter()
        for (tag, vr, value) in constants { set.text(tag, vr, value) }
        set.text(0x0008_0016, "UI", sopClass.uid)
        set.text(0x0008_0018, "UI", place.sopInstanceUID)
        set.text(0x0008_0060, "CS", sopClass.modality)
        set.text(0x0008_0032, "TM", "1009\(twoDigits(place.instance % 60)).5")
        set.text(0x0008_0050, "SH", "A\(1_000_000 + place.study)")
        set.text(0x0008_103E, "LO", "AXIAL \(place.series).0 MM")
        set.text(0x0010_0020, "LO", "PID\(100_000 + place.study)")
        set.text(0x0020_000D, "UI", place.studyInstanceUID)
        set.text(0x0020_000E, "UI", place.seriesInstanceUID)
        set.text(0x0020_0010, "SH", "\(place.study)")
        set.text(0x0020_0011, "IS", "\(place.series)")
        set.text(0x0020_0013, "IS", "\(place.instance)")
        set.code(0x0008_1032, "36150", "99BENCH", "CT of thorax and abdomen")
        var request = DataSetWriter()
        request.text(0x0040_0007, "LO", "CT of thorax and abdomen")
        request.text(0x0040_0009, "SH", "SPS\(place.study)")
        request.text(0x0040_1001, "SH", "RP\(place.study)")
        request.code(0x0040_0008, "36150", "99BENCH", "CT of thorax and abdomen")
        set.sequence(0x0040_0275, [request])
        return set
    }

    /// What a CT adds: acquisition and geometry, source images, two private blocks with an opaque header.
    static func addCT(to set: inout DataSetWriter, _ place: Place, _ noise: inout Noise) {
        for (tag, vr, value) in ctConstants { set.text(tag, vr, value) }
        set.text(0x0020_0032, "DS", "-180.000\\-201.500\\-\(place.instance).250")
        set.text(0x0020_1041, "DS", "-\(place.instance).250")
        set.code(0x0018_9346, "113691", "DCM", "IEC Body Dosimetry Phantom")
        let sources = (1...3).map { number in
            var item = DataSetWriter()
            item.text(0x0008_1150, "UI", SOPClass.ct.uid)
            item.text(0x0008_1155, "UI", place.sopInstanceUID + ".\(number)")
            item.code(0x0040_A170, "121322", "DCM", "Source image for image processing operation")
            return item
        }
        set.sequence(0x0008_2112, sources)
        set.text(0x0009_0010, "LO", "BENCH_IDENT_01")
        for number in 1...8 { set.text(0x0009_1000 + UInt32(number), "LO", "private value \(number)") }
        set.bytes(0x0009_1020, "OB", noise.bytes(256))
        set.text(0x0019_0010, "LO", "BENCH_ACQ_01")
        for number in 1...20 { set.text(0x0019_1000 + UInt32(number), "DS", "\(number).2345") }
        set.bytes(0x0019_1040, "UN", noise.bytes(2_048))
        set.bytes(0x0019_1041, "OB", noise.bytes(1_024))
    }

    /// Image pixel module (PS3.3 §C.7.6.3).
    static func addImage(to set: inout DataSetWriter, rows: UInt16, columns: UInt16, bits: UInt16, samples: UInt16 = 1)
    {
        set.unsigned(0x0028_0002, samples)
        set.text(0x0028_0004, "CS", samples == 1 ? "MONOCHROME2" : "YBR_FULL_422")
        if samples > 1 { set.unsigned(0x0028_0006, 0) }
        set.unsigned(0x0028_0010, rows)
        set.unsigned(0x0028_0011, columns)
        set.unsigned(0x0028_0100, bits > 8 ? 16 : 8)
        set.unsigned(0x0028_0101, bits)
        set.unsigned(0x0028_0102, bits - 1)
        set.unsigned(0x0028_0103, 0)
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static let constants: [(UInt32, String, String)] = [
        (0x0008_0005, "CS", "ISO_IR 192"), (0x0008_0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
        (0x0008_0012, "DA", "20240311"), (0x0008_0013, "TM", "101530.123456"),
        (0x0008_0020, "DA", "20240311"), (0x0008_0021, "DA", "20240311"), (0x0008_0022, "DA", "20240311"),
        (0x0008_0023, "DA", "20240311"), (0x0008_0030, "TM", "100212"), (0x0008_0031, "TM", "100840.25"),
        (0x0008_0033, "TM", "100900"), (0x0008_0070, "LO", "BENCH MEDICAL"),
        (0x0008_0080, "LO", "Hôpital de la Mesure"),
        (0x0008_0081, "ST", "12 rue de l'Essai\r\n75000 Paris"), (0x0008_0090, "PN", "Müller^Jürgen^^Dr."),
        (0x0008_1010, "SH", "CT01"), (0x0008_1030, "LO", "CT THORAX ABDOMEN WITH CONTRAST"),
        (0x0008_1040, "LO", "Radiology"), (0x0008_1050, "PN", "Dubois^Zoé"), (0x0008_1070, "PN", "Operator^One"),
        (0x0008_1090, "LO", "Model 750"), (0x0010_0010, "PN", "Measurement^Störm^Q"), (0x0010_0021, "LO", "BENCH"),
        (0x0010_0030, "DA", "19610704"), (0x0010_0040, "CS", "F"), (0x0010_1010, "AS", "062Y"),
        (0x0010_1020, "DS", "1.68"), (0x0010_1030, "DS", "71.5"), (0x0010_21B0, "LT", "Follow-up, no known allergies."),
        (0x0018_1000, "LO", "000750"), (0x0018_1020, "LO", "b.41\\r.2"), (0x0018_1030, "LO", "5.7 Thorax and abdomen"),
        (0x0020_0052, "UI", root + ".7"), (0x0040_0244, "DA", "20240311"), (0x0040_0245, "TM", "100212"),
        (0x0040_0253, "SH", "PPS1"), (0x0040_0254, "LO", "CT thorax and abdomen"),
    ]

    private static let ctConstants: [(UInt32, String, String)] = [
        (0x0018_0010, "LO", "IOMERON 400"), (0x0018_0015, "CS", "CHEST"), (0x0018_0022, "CS", "HELICAL"),
        (0x0018_0050, "DS", "1.25"), (0x0018_0060, "DS", "120"), (0x0018_0090, "DS", "500"),
        (0x0018_1100, "DS", "360"), (0x0018_1110, "DS", "949.075"), (0x0018_1111, "DS", "541"),
        (0x0018_1120, "DS", "0"), (0x0018_1130, "DS", "163.5"), (0x0018_1140, "CS", "CW"), (0x0018_1150, "IS", "500"),
        (0x0018_1151, "IS", "320"), (0x0018_1152, "IS", "160"), (0x0018_1160, "SH", "BODY"),
        (0x0018_1170, "IS", "38400"), (0x0018_1190, "DS", "1.2"), (0x0018_1210, "SH", "STANDARD"),
        (0x0018_5100, "CS", "FFS"), (0x0020_0012, "IS", "1"), (0x0020_0037, "DS", "1\\0\\0\\0\\1\\0"),
        (0x0020_1040, "LO", "XY"), (0x0020_4000, "LT", "synthetic"), (0x0028_0030, "DS", "0.703125\\0.703125"),
        (0x0028_1050, "DS", "40\\-600"), (0x0028_1051, "DS", "400\\1500"), (0x0028_1052, "DS", "-1024"),
        (0x0028_1053, "DS", "1"), (0x0028_1054, "LO", "HU"), (0x0028_1055, "LO", "SOFT\\LUNG"),
        (0x0028_2110, "CS", "00"),
    ]
}

/// Study, series and instance numbers, and the UIDs made of them.
struct Place {
    var study: Int
    var series: Int
    var instance: Int
    var studyInstanceUID: String { "\(Headers.root).\(study)" }
    var seriesInstanceUID: String { "\(studyInstanceUID).\(series)" }
    var sopInstanceUID: String { "\(seriesInstanceUID).\(instance)" }
}

/// The SOP classes of the synthetic instances (PS3.4 §B.5).
struct SOPClass: Sendable {
    let uid: String
    let modality: String
    static let ct = SOPClass(uid: "1.2.840.10008.5.1.4.1.1.2", modality: "CT")
    static let enhancedCT = SOPClass(uid: "1.2.840.10008.5.1.4.1.1.2.1", modality: "CT")
    static let cr = SOPClass(uid: "1.2.840.10008.5.1.4.1.1.1", modality: "CR")
    static let sr = SOPClass(uid: "1.2.840.10008.5.1.4.1.1.88.33", modality: "SR")
    static let secondaryCapture = SOPClass(uid: "1.2.840.10008.5.1.4.1.1.7", modality: "OT")
}
