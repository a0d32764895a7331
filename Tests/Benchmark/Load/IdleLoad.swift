import Glibc

/// Holds associations open that say nothing, and weighs what each costs the server.
struct IdleLoad: Sendable {
    var endpoint: Endpoint
    var calledAETitle = "ANY-SCP"
    /// Associations to hold at once.
    var associations: Int
    /// Presentation contexts of each.
    var contexts: Int
    /// The server's process, whose children count too.
    var server: pid_t
    /// Seconds to wait before a reading, so that what is freed late is freed.
    var settle = 1.0

    /// What the server's memory was.
    struct Result: Codable, Sendable {
        var associations: Int
        var contexts: Int
        /// Resident bytes with no association, with a fifth of them, with all, and after their release.
        var residentBefore: Int
        var residentAtFifth: Int
        var residentAtAll: Int
        var residentAfter: Int
        /// Bytes for each association between the fifth and all: pools and caches are filled by then.
        var bytesPerAssociation: Double
    }

    func run() throws -> Result {
        try allowDescriptors(associations + 64)
        let proposal = try Proposal(contexts: Self.contexts(contexts), calledAETitle: calledAETitle)
        var held: [Int32] = []
        defer { for descriptor in held { close(descriptor) } }
        let requestor = Requestor(endpoint)
        let before = try resident()
        let fifth = max(1, associations / 5)
        var atFifth = before
        for number in 1...max(1, associations) {
            try requestor.open(proposal)
            held.append(requestor.takeDescriptor())
            if number == fifth { atFifth = try resident() }
        }
        let atAll = try resident()
        for descriptor in held {
            try writeAll(descriptor, [PDUType.releaseRQ, 0, 0, 0, 0, 4, 0, 0, 0, 0])
            close(descriptor)
        }
        held.removeAll()
        return Result(
            associations: associations,
            contexts: contexts,
            residentBefore: before,
            residentAtFifth: atFifth,
            residentAtAll: atAll,
            residentAfter: try resident(),
            bytesPerAssociation: Double(atAll - atFifth) / Double(max(1, associations - fifth))
        )
    }

    private func resident() throws -> Int {
        pause(seconds: settle)
        return try ProcessTree(root: server).residentBytes()
    }

    /// Storage SOP classes in Explicit VR Little Endian, as many as asked for.
    private static func contexts(_ count: Int) -> [Proposal.Context] {
        let known = ["1.1", "1.2", "2", "2.1", "4", "7", "12.1", "20", "128", "481.1", "1.2.1", "6.1", "3.1", "88.33"]
        return (0..<count).map {
            Proposal.Context(
                abstractSyntax: "1.2.840.10008.5.1.4.1.1." + known[$0 % known.count],
                transferSyntax: $0 < known.count ? "1.2.840.10008.1.2.1" : "1.2.840.10008.1.2"
            )
        }
    }
}

/// Raises the soft limit of open files as far as it is allowed to go.
func allowDescriptors(_ count: Int) throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_max >= rlim_t(count) else {
        throw BenchError.unusable("\(count) open files are needed, \(limit.rlim_max) allowed")
    }
    if limit.rlim_cur < limit.rlim_max {
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
