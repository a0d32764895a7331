import ApplicationEntities
import ServiceClasses
import Yams

/// What is known of single peers, by their AE titles: the value of `peers`.
struct PeerList: StructuredValue {
    private(set) var rules: [String: PeerRule] = [:]

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
                faults += reader.end()
                if rules.updateValue(rule, forKey: title) != nil {
                    faults.append(.init(path: title, reason: "stands there twice; keep one of them", line: key.mark?.line))
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

    var node: Node { Node(rules.sorted { $0.key < $1.key }.map { (Node($0.key), Self.node($0.value)) }) }

    private static func node(_ rule: PeerRule) -> Node {
        var pairs: [(Node, Node)] = []
        if !rule.hosts.isEmpty { pairs.append((Node("host"), Node(rule.hosts.map { Node("\($0)") }))) }
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
