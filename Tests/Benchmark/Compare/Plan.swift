/// Which servers are run on which cases.
struct Plan: Sendable {
    /// A cell, and whether it is measured in the first round only (it takes long and does not scatter).
    struct Entry: Sendable {
        let server: ServerSetting
        let wanted: Case
        var once = false
    }

    private(set) var entries: [Entry] = []

    /// They take no plain association.
    private static let overTLS = ["node-tls", "storescp-tls"]

    /// What the table of requirements needs, in about ten minutes.
    static func quick(_ servers: [ServerSetting]) -> Plan {
        var plan = Plan()
        plan.add(
            servers,
            ["node-never"],
            [(.ct, [1, 4, 16]), (.small, [1, 4, 16, 64]), (.large, [1, 4]), (.echo, [1, 16])]
        )
        plan.add(servers, ["node-always", "limit-grouped"], [(.ct, [1, 4, 16, 64]), (.small, [1, 4, 16, 64])])
        plan.add(servers, ["limit-file"], [(.ct, [1, 4, 16]), (.large, [1, 4])])
        plan.add(servers, ["storescp-best"], [(.ct, [1, 4, 16]), (.small, [1, 4, 16, 64])])
        plan.add(servers, ["dcmrecv"], [(.ct, [1]), (.small, [1]), (.echo, [1, 16])])
        plan.add(servers, ["orthanc"], [(.ct, [1, 4, 16])])
        plan.add(servers, ["orthanc-tuned"], [(.echo, [1, 16])])
        plan.add(servers, overTLS, [(.tls, [4])])
        plan.add(servers, ["node-never"], [(.idle, [5_000]), (.memory, [16])], once: true)
        // The others are nowhere the best: a single run shows where they are.
        plan.addOnce(servers.filter { $0.kind != .node && !overTLS.contains($0.name) }, .ct, 4)
        return plan
    }

    /// Every server on everything it can do, and the rows on scaling.
    static func full(_ servers: [ServerSetting]) -> Plan {
        var plan = Plan()
        let names = servers.map(\.name).filter { !overTLS.contains($0) }
        plan.add(servers, overTLS, [(.tls, [4])])
        plan.add(
            servers,
            names,
            [
                (.ct, [1, 4, 16]), (.small, [1, 4, 16, 64]), (.large, [1, 4]), (.jpeg, [4]), (.study, [4]),
                (.echo, [1, 16]),
            ]
        )
        plan.add(
            servers,
            ["node-never", "node-always", "limit-file", "limit-grouped", "storescp-best"],
            [(.ct, [64, 256]), (.small, [256])]
        )
        plan.add(servers, ["node-never", "node-always"], [(.filled, [4]), (.emptySeries, [4]), (.series, [4])])
        plan.add(servers, ["node-never"], [(.idle, [5_000]), (.memory, [16])], once: true)
        return plan
    }

    /// Two builds of the node, side by side, with what each is compared with.
    static func builds(_ servers: [ServerSetting]) -> Plan {
        var plan = Plan()
        plan.add(
            servers,
            ["node-never", "before-never"],
            [(.ct, [1, 4, 16, 64]), (.small, [1, 4, 16, 64]), (.large, [1, 4]), (.echo, [1, 16])]
        )
        plan.add(
            servers,
            ["node-always", "before-always", "limit-grouped"],
            [(.ct, [1, 4, 16, 64]), (.small, [1, 4, 16, 64])]
        )
        return plan
    }

    /// A few seconds, for a test: every kind of server, one association and four.
    static func smoke(_ servers: [ServerSetting]) -> Plan {
        var plan = Plan()
        let names = ["node-never", "node-always", "limit-file", "limit-directory", "storescp-best", "dcmrecv"]
        plan.add(servers, names, [(.ct, [1]), (.small, [4]), (.echo, [1])])
        return plan
    }

    /// The entries of some servers, works and numbers of associations only; an empty list means all.
    func only(servers: [String], works: [String], associations: [Int]) -> Plan {
        var plan = self
        plan.entries = entries.filter { entry in
            (servers.isEmpty || servers.contains(entry.server.name))
                && (works.isEmpty || works.contains(entry.wanted.work.rawValue))
                && (associations.isEmpty || associations.contains(entry.wanted.associations))
        }
        return plan
    }

    /// The entries of a round, all servers of a case one after the other and each round beginning with another, so
    /// that the machine's drift meets all alike.
    func round(_ number: Int) -> [Entry] {
        var cases: [Case] = []
        for entry in entries where !cases.contains(entry.wanted) { cases.append(entry.wanted) }
        return cases.flatMap { wanted in
            let group = entries.filter { $0.wanted == wanted && (number == 1 || !$0.once) }
            let shift = group.isEmpty ? 0 : (number - 1) % group.count
            return Array(group[shift...] + group[..<shift])
        }
    }

    /// Each server that is not measured in this case yet, in the first round; with fewer associations if it takes no
    /// more.
    private mutating func addOnce(_ servers: [ServerSetting], _ work: Case.Work, _ associations: Int) {
        for server in servers {
            let wanted = Case(work: work, associations: min(associations, server.associationsLimit))
            guard !entries.contains(where: { $0.server.name == server.name && $0.wanted == wanted }) else { continue }
            entries.append(Entry(server: server, wanted: wanted, once: true))
        }
    }

    private mutating func add(
        _ servers: [ServerSetting],
        _ names: [String],
        _ works: [(Case.Work, [Int])],
        once: Bool = false
    ) {
        for (work, numbers) in works {
            for number in numbers {
                for server in servers where names.contains(server.name) && number <= server.associationsLimit {
                    // The limit has no association to verify or to hold.
                    if server.kind == .limit, work.data == nil { continue }
                    entries.append(Entry(server: server, wanted: Case(work: work, associations: number), once: once))
                }
            }
        }
    }
}
