/// Which rows are wanted. Text may have the wildcards `*` and `?` (PS3.4 §C.2.2.2.4); nil: any.
package struct IndexFilter: Sendable, Equatable {
    package var patientID: String?
    /// Whatever its case.
    package var patientName: String?
    /// Of the study; inclusive, as `20260131`.
    package var studyDates: ClosedRange<String>?
    package var modality: String?
    package var accessionNumber: String?
    /// The application entity that the files came from.
    package var callingAETitle: String?
    package var studyInstanceUID: String?
    package var seriesInstanceUID: String?
    package var sopInstanceUID: String?

    package init() {}
}

/// A WHERE clause as it grows.
struct Conditions {
    private(set) var terms: [String] = []
    private(set) var values: [String] = []

    /// The number of a further parameter.
    mutating func parameter(_ value: String) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    mutating func add(_ term: String) { terms.append(term) }

    /// Demands that a column matches; does nothing without a pattern.
    mutating func match(_ column: String, _ pattern: String?) {
        guard let pattern else { return }
        add(matching(column, pattern))
    }

    /// A term that is true where a column matches.
    mutating func matching(_ column: String, _ pattern: String) -> String {
        guard pattern.contains(where: { $0 == "*" || $0 == "?" }) else {
            return "\(column) = \(parameter(pattern))"
        }
        let like = pattern.map { character in
            switch character {
            case "*": "%"
            case "?": "_"
            case "%", "_", "\\": "\\\(character)"
            default: String(character)
            }
        }.joined()
        return "\(column) LIKE \(parameter(like)) ESCAPE '\\'"
    }

    var clause: String { terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ") }
}

extension Conditions {
    /// What a filter says of the rows of `patient`, `study` and `series`, which are in the query up to a level.
    ///
    /// - Parameter level: Conditions on lower levels ask whether there is such a row.
    mutating func add(_ filter: IndexFilter, at level: Level) {
        match("patient.patient_id", filter.patientID)
        match("patient.folded_name", filter.patientName.map(FoldedText.folded))
        var ofStudy = Conditions(values: values)
        ofStudy.match("study.study_instance_uid", filter.studyInstanceUID)
        ofStudy.match("study.accession_number", filter.accessionNumber)
        if let dates = filter.studyDates {
            ofStudy.add("study.study_date >= \(ofStudy.parameter(dates.lowerBound))")
            ofStudy.add("study.study_date <= \(ofStudy.parameter(dates.upperBound))")
        }
        var ofSeries = Conditions(values: ofStudy.values)
        ofSeries.match("series.series_instance_uid", filter.seriesInstanceUID)
        ofSeries.match("series.modality", filter.modality)
        if level != .instance { ofSeries.match("series.calling_ae_title", filter.callingAETitle) }
        var ofInstance = Conditions(values: ofSeries.values)
        ofInstance.match("instance.sop_instance_uid", filter.sopInstanceUID)
        if level == .instance { ofInstance.match("instance.calling_ae_title", filter.callingAETitle) }
        values = ofInstance.values
        var instances = ofInstance.terms
        if level != .instance, !instances.isEmpty {
            instances = [Self.exists("instance", ["series"], instances)]
        }
        var series = ofSeries.terms
        if level == .patient || level == .study {
            series += instances
            if !series.isEmpty { series = [Self.exists("series", ["study"], series)] }
        } else {
            series += instances
        }
        var studies = ofStudy.terms + series
        if level == .patient, !studies.isEmpty { studies = [Self.exists("study", ["patient"], studies)] }
        terms += studies
    }

    private init(values: [String]) { self.values = values }

    private static func exists(_ table: String, _ parent: [String], _ terms: [String]) -> String {
        let join =
            switch table {
            case "instance":
                "instance.study_instance_uid = series.study_instance_uid "
                    + "AND instance.series_instance_uid = series.series_instance_uid"
            case "series": "series.study_instance_uid = study.study_instance_uid"
            default: "study.patient_key = patient.patient_key"
            }
        return "EXISTS (SELECT 1 FROM \(table) WHERE \(([join] + terms).joined(separator: " AND ")))"
    }
}
