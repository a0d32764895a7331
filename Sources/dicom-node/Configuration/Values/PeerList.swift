import ApplicationEntities
import ServiceClasses
import Yams

/// What is known of single peers, by their AE titles: the value of `peers`.
struct PeerList: StructuredValue {
    /// Where a peer takes associations: the first single address of its `host`, and this port.
    struct Place {
        var host: String
        var port: Int
        var isSecure: Bool
    }

    private(set) var rules: [String: PeerRule] = [:]
    private(set) var places: [String: Place] = [:]

    init() {}

    init(_ node: Node) throws(InvalidConfigurationValue) {
        guard let mapping = node.mapping else {
            throw InvalidConfigurationValue("found \(YAML.noun(node)); give a map of AE titles", node)
        }
        var faults: [InvalidConfigurationValue.Fault] = []
        for (key, value) in mapping {
            let text = key.scalar?.string ?? ""
            do {
                let title = try Setting.title(text)
                var reader = MapReader(value, at: title)
                let rule = Self.rule(&reader)
                let (place, problem) = Self.place(&reader, rule)
                faults += reader.end()
                if let problem { faults.append(.init(path: title, reason: problem, line: key.mark?.line)) }
                places[title] = place
                if rules.updateValue(rule, forKey: title) != nil {
                    faults.append(
                        .init(path: title, reason: "stands there twice; keep one of them", line: key.mark?.line)
                    )
                }
            } catch {
                faults.append(.init(value: text, error: error, line: key.mark?.line))
            }
        }
        guard faults.isEmpty else { throw InvalidConfigurationValue(faults) }
    }

    private static func rule(_ reader: inout MapReader) -> PeerRule {
        var rule = PeerRule()
        rule.hosts = reader.list("host", of: .addressRange) ?? []
        rule.tlsSubject = reader.scalar("tls_subject", .text("subject"))
        rule.may = Set(reader.list("may", of: .choice("service")) ?? Permission.allCases)
        reader.map("limits") { limits in
            rule.associations = limits.scalar("associations", .number(in: 0...Int.max))
            rule.objectSize = limits.scalar("object_size", .size())
        }
        return rule
    }

    /// - Returns: also what is wrong with it.
    private static func place(_ reader: inout MapReader, _ rule: PeerRule) -> (Place?, problem: String?) {
        let port = reader.scalar("port", .number(in: 1...65_535, name: "port"))
        let isSecure = reader.scalar("tls", .boolean)
        guard let port else {
            return (nil, isSecure == nil ? nil : "has tls and no port; give the port that it takes associations at")
        }
        guard let address = rule.hosts.lazy.compactMap(\.onlyAddress).first else {
            return (nil, "has a port and no address; give its address as host")
        }
        return (Place(host: "\(address)", port: port, isSecure: isSecure ?? false), nil)
    }

    var node: Node {
        Node(rules.sorted { $0.key < $1.key }.map { (Node($0.key), Self.node($0.value, places[$0.key])) })
    }

    private static func node(_ rule: PeerRule, _ place: Place?) -> Node {
        var pairs: [(Node, Node)] = []
        if !rule.hosts.isEmpty { pairs.append((Node("host"), Node(rule.hosts.map { Node("\($0)") }))) }
        if let place {
            pairs.append((Node("port"), Node("\(place.port)")))
            if place.isSecure { pairs.append((Node("tls"), Node("true"))) }
        }
        if let subject = rule.tlsSubject { pairs.append((Node("tls_subject"), Node(subject))) }
        let may = Permission.allCases.filter(rule.may.contains).map { Node($0.rawValue) }
        if rule.may.count < Permission.allCases.count { pairs.append((Node("may"), Node(may))) }
        var limits: [(Node, Node)] = []
        if let associations = rule.associations { limits.append((Node("associations"), Node("\(associations)"))) }
        if let size = rule.objectSize { limits.append((Node("object_size"), Node("\(SizeValue(size))"))) }
        if !limits.isEmpty { pairs.append((Node("limits"), Node(limits))) }
        return Node(pairs)
    }
}
