/// A DICOM object to make fixtures of, in several transfer syntaxes.
struct Object: Sendable {
    /// In the files' names.
    let name: String
    /// In the README.
    let description: String
    let sopClassUID: String
    let modality: String
    var style = Fixture.Style.undefinedLengths
    var characterSet: String?
    var patientName = Array("Doe^Jane".utf8)
    var pixels: Pixels?
    /// Belongs to a patient, a study and a series.
    var isComposite = true
    /// What only this object has.
    var fill: @Sendable (borrowing Fixture) throws -> Void = { (_: borrowing Fixture) in }

    /// The transfer syntaxes it is made in.
    var syntaxes: [Syntax] {
        guard let pixels else { return Syntax.uncompressed }
        return Syntax.uncompressed + Syntax.lossless + (pixels.isColor ? Syntax.video : [])
    }

    /// Makes one file. `number` tells the objects apart.
    func write(to path: String, _ syntax: Syntax, number: Int) throws {
        let sopInstanceUID = UIDs.instance(number, syntax)
        let fixture = try Fixture()
        if let characterSet { try fixture.put("SpecificCharacterSet", characterSet) }
        try fixture.put("SOPClassUID", sopClassUID)
        try fixture.put("SOPInstanceUID", sopInstanceUID)
        if isComposite { try putPatientAndStudy(fixture, number) }
        try fill(fixture)
        if let pixels {
            try fixture.put(pixels: pixels)
            try fixture.compress(syntax, frames: pixels.frames)
        }
        try fixture.save(path, syntax, sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, style: style)
    }

    private func putPatientAndStudy(_ fixture: borrowing Fixture, _ number: Int) throws {
        try fixture.put("PatientName", bytes: patientName)
        for (keyword, value) in [
            ("PatientID", "FIXTURE-1"), ("PatientBirthDate", "19700131"), ("PatientSex", "F"),
            ("StudyInstanceUID", UIDs.study), ("StudyDate", "20240229"), ("StudyTime", "101112.5"),
            ("StudyID", "S1"), ("AccessionNumber", "A-0001"), ("ReferringPhysicianName", "Roe^Richard"),
            ("StudyDescription", "Fixtures"), ("SeriesInstanceUID", UIDs.series(number)),
            ("SeriesNumber", "\(number)"), ("SeriesDescription", description), ("Modality", modality),
            ("Manufacturer", "Nobody"), ("InstitutionName", "Nowhere"), ("InstanceNumber", "1"),
        ] {
            try fixture.put(keyword, value)
        }
    }
}

/// UIDs under one made for these files, as X.667 allows (PS3.5 Annex B.2); the same in every run.
enum UIDs {
    private static let root = "2.25.210987654321098765432109876"
    static let implementation = root + "00000"
    static let study = root + "10000"

    static func series(_ number: Int) -> String { root + "\(20000 + number * 100)" }

    static func instance(_ number: Int, _ syntax: Syntax) -> String {
        let all = Syntax.uncompressed + Syntax.lossless + Syntax.video
        let index = all.firstIndex { $0.uid == syntax.uid } ?? 0
        return root + "\(20000 + number * 100 + index + 1)"
    }
}
