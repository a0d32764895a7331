import Index

/// A row as it is listed: the DICOM keywords, and what the archive adds under names of its own.
struct ListedRow {
    enum Value: Equatable {
        case text(String)
        case texts([String])
        case number(Int64)
        /// Seconds since 1970.
        case time(Int64)
    }

    private(set) var values: [String: Value]

    private init(_ attributes: [String: String]) { values = attributes.mapValues { .text($0) } }

    init(_ row: PatientRow) {
        self.init(row.attributes)
        values["NumberOfPatientRelatedStudies"] = .number(Int64(row.studies))
        values["NumberOfPatientRelatedInstances"] = .number(Int64(row.instances))
        values["bytes"] = .number(row.bytes)
    }

    init(_ row: StudyRow) {
        self.init(row.attributes)
        values["ModalitiesInStudy"] = .texts(row.modalities)
        values["NumberOfStudyRelatedSeries"] = .number(Int64(row.series))
        values["NumberOfStudyRelatedInstances"] = .number(Int64(row.instances))
        values["bytes"] = .number(row.bytes)
        values["sources"] = .texts(row.callingAETitles)
        values["received"] = .time(row.received)
        values["changed"] = .time(row.changed)
    }

    init(_ row: SeriesRow) {
        self.init(row.attributes)
        values["NumberOfSeriesRelatedInstances"] = .number(Int64(row.instances))
        values["bytes"] = .number(row.bytes)
        values["source"] = .text(row.callingAETitle)
        values["received"] = .time(row.received)
        values["changed"] = .time(row.changed)
    }

    init(_ row: InstanceRow) {
        self.init(row.attributes)
        values["TransferSyntaxUID"] = .text(row.transferSyntaxUID)
        values["path"] = .text(row.path)
        values["bytes"] = .number(row.bytes)
        values["digest"] = .text(row.digest)
        values["source"] = .text(row.callingAETitle)
        values["calledAETitle"] = .text(row.calledAETitle)
        values["host"] = .text(row.host)
        values["received"] = .time(row.received)
    }
}

/// A column of a list.
struct ListColumn {
    let key: String
    /// The heading in a table; nil: not in a table.
    let title: String?

    private init(_ key: String, _ title: String? = nil) {
        self.key = key
        self.title = title
    }

    /// Every value that a row of the level may have, those of a table first.
    static func of(_ level: ArchiveList.ListedLevel) -> [ListColumn] {
        let shown: [ListColumn]
        let levels: [Level]
        let others: [String]
        switch level {
        case .patients:
            shown = [
                .init("PatientID", "ID"), .init("PatientName", "NAME"), .init("PatientBirthDate", "BORN"),
                .init("PatientSex", "SEX"), .init("NumberOfPatientRelatedStudies", "STUDIES"),
                .init("NumberOfPatientRelatedInstances", "FILES"), .init("bytes", "SIZE"),
            ]
            (levels, others) = ([.patient], [])
        case .studies:
            shown = [
                .init("StudyDate", "DATE"), .init("ModalitiesInStudy", "MODALITY"), .init("PatientID", "PATIENT"),
                .init("PatientName", "NAME"), .init("StudyDescription", "DESCRIPTION"),
                .init("NumberOfStudyRelatedSeries", "SERIES"), .init("NumberOfStudyRelatedInstances", "FILES"),
                .init("bytes", "SIZE"), .init("StudyInstanceUID", "UID"),
            ]
            (levels, others) = ([.patient, .study], ["sources", "received", "changed"])
        case .series:
            shown = [
                .init("StudyDate", "DATE"), .init("Modality", "MODALITY"), .init("PatientID", "PATIENT"),
                .init("SeriesNumber", "NUMBER"), .init("SeriesDescription", "DESCRIPTION"),
                .init("NumberOfSeriesRelatedInstances", "FILES"), .init("bytes", "SIZE"),
                .init("SeriesInstanceUID", "UID"),
            ]
            (levels, others) = ([.patient, .study, .series], ["source", "received", "changed"])
        case .instances:
            shown = [
                .init("Modality", "MODALITY"), .init("PatientID", "PATIENT"), .init("InstanceNumber", "NUMBER"),
                .init("bytes", "SIZE"), .init("received", "RECEIVED"), .init("path", "PATH"),
            ]
            levels = Level.allCases
            others = ["TransferSyntaxUID", "digest", "source", "calledAETitle", "host"]
        }
        let keys = Set(shown.map(\.key))
        return shown + (levels.flatMap(\.keywords) + others).filter { !keys.contains($0) }.map { .init($0) }
    }
}
