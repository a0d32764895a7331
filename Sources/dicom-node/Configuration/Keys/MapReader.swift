import Yams

/// Reads the keys of a map within the value of a key, and collects everything that is wrong.
struct MapReader {
    private let map: Node.Mapping?
    private let path: String
    private var known: [String] = []
    private(set) var faults: [InvalidConfigurationValue.Fault] = []

    /// - Parameter path: Where the map is below the key, such as `CT1`.
    init(_ node: Node, at path: String) {
        map = node.mapping
        self.path = path
        if map == nil, !YAML.isNull(node) {
            faults = [.init(path: path, reason: "found \(YAML.noun(node)); give a map of keys", line: node.mark?.line)]
        }
    }

    /// nil: it is not there, or is not taken.
    mutating func scalar<Value>(_ name: String, _ kind: ValueKind<Value>) -> Value? {
        read(name) { raw throws(InvalidConfigurationValue) in try raw.scalar(kind) }
    }

    /// nil: it is not there, or is not taken.
    mutating func list<Value>(_ name: String, of kind: ValueKind<Value>) -> [Value]? {
        read(name) { raw throws(InvalidConfigurationValue) in try raw.list(kind) }
    }

    /// Reads a map within the map.
    mutating func map(_ name: String, _ body: (inout MapReader) -> Void) {
        guard let node = node(name) else { return }
        var inner = MapReader(node, at: below(name))
        body(&inner)
        faults += inner.end()
    }

    /// Everything that was wrong, once every key has been asked for: the others are unknown.
    mutating func end() -> [InvalidConfigurationValue.Fault] {
        for (key, _) in map ?? [:] {
            let name = key.scalar?.string ?? YAML.noun(key)
            guard !known.contains(name) else { continue }
            let meant =
                NearestName.of(name, among: known).map { "; did you mean \($0)?" }
                ?? "; give \(known.joined(separator: ", "))"
            faults.append(.init(path: below(name), reason: "there is no such key\(meant)", line: key.mark?.line))
        }
        return faults
    }

    private mutating func read<Value>(
        _ name: String,
        _ body: (RawValue) throws(InvalidConfigurationValue) -> Value
    ) -> Value? {
        guard let node = node(name) else { return nil }
        do throws(InvalidConfigurationValue) {
            return try body(.node(node))
        } catch {
            faults += error.faults.map { fault in
                .init(
                    path: fault.path.isEmpty ? below(name) : "\(below(name)).\(fault.path)",
                    found: fault.found,
                    reason: fault.reason,
                    line: fault.line ?? node.mark?.line
                )
            }
            return nil
        }
    }

    private mutating func node(_ name: String) -> Node? {
        known.append(name)
        guard let node = map?[name], !YAML.isNull(node) else { return nil }
        return node
    }

    private func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
