/// What is measured on one server: a cell of the tables.
struct Case: Hashable, Codable, Sendable {
    enum Work: String, Codable, Sendable, CaseIterable {
        case ct, small, large, jpeg, study
        /// Connect, associate, C-ECHO, release.
        case echo
        /// 5,000 idle associations.
        case idle
        /// 16 objects of 512 MiB at once, for the peak memory.
        case memory
        /// Small objects, with 100,000 others in the archive.
        case filled
        /// Small objects into one new series, and into one that holds 20,000.
        case emptySeries, series
        /// CT over TLS.
        case tls

        /// The data set that is sent; nil: none is.
        var data: Workload? {
            switch self {
            case .ct, .tls: .ct
            case .small, .filled, .emptySeries, .series: .small
            case .large, .memory: .large
            case .jpeg: .jpeg
            case .study: .study
            case .echo, .idle: nil
            }
        }
    }

    let work: Work
    let associations: Int

    /// Small objects that must be in the archive before the clock starts.
    var filling: Int {
        switch work {
        case .filled: 100_000
        case .series: 20_000
        default: 0
        }
    }

    /// The most objects of a run: what the page cache takes without waiting for the disk, about 2 GB.
    var objects: Int {
        switch work {
        case .ct, .tls: 3_000
        case .small, .filled, .emptySeries, .series: 12_000
        case .large: 4
        case .memory: 16
        case .jpeg: 8_000
        case .study: 3_000
        case .echo, .idle: 0
        }
    }
}

/// One run of one server: a row of the record that everything else is computed from.
struct Run: Codable, Sendable {
    var server: String
    var title: String
    var kind: ServerSetting.Kind
    var durability: Durability
    var work: Case.Work
    var associations: Int
    var round: Int
    var objects = 0
    var bytes = 0
    var failures = 0
    var seconds = 0.0
    var latency = LatencySummary()
    /// The server's processor time, children included.
    var processor = ProcessorTime(user: 0, system: 0)
    /// The most resident memory that any of its processes had, in bytes.
    var peakBytes = 0
    /// Processors that something else than client and server kept busy.
    var othersBusy = 0.0
    /// Seconds the host took away from this machine.
    var stolen = 0.0
    /// Files found, and of a sample how many hold exactly the data set sent.
    var files: Int?
    var sampled = 0
    var identical = 0
    /// For ``Case/Work/idle``: bytes of each association.
    var bytesPerAssociation: Double?
    /// Why there is no figure.
    var error: String?

    var rate: Double { seconds > 0 ? Double(objects) / seconds : 0 }
    var megabytesPerSecond: Double { seconds > 0 ? Double(bytes) / 1e6 / seconds : 0 }
    var userPerGigabyte: Double? { bytes > 0 ? processor.user / (Double(bytes) / 1e9) : nil }
    var microsecondsUserPerObject: Double? { objects > 0 ? processor.user / Double(objects) * 1e6 : nil }
}
