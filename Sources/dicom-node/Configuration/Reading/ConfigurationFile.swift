import Configuration
import Yams

/// What a configuration file says, and what is wrong with it.
struct ConfigurationFile: Sendable {
    /// The most that is read, bytes: a file of every key is below 16 KiB.
    static let largest = 1 << 20

    /// A value that the file has for a key.
    private struct Entry: Sendable {
        let content: ConfigContent
        let line: Int?
    }

    /// As it was given, for messages.
    let path: String
    private(set) var faults: [ConfigurationFault] = []
    private var entries: [String: Entry] = [:]

    /// Reads a file.
    init(at path: PathValue) {
        do throws(UnreadableFile) {
            self.init("\(path)", bytes: try FileContents.read(path, atMost: Self.largest))
        } catch {
            self.init("\(path)", bytes: [])
            report([.init(reason: error.reason, line: nil)])
        }
    }

    /// - Parameters:
    ///   - path: For messages.
    ///   - bytes: What is in the file.
    init(_ path: String, bytes: [UInt8]) {
        self.path = path
        guard bytes.count <= Self.largest else {
            let reason = "has more than \(SizeValue(Self.largest)); it is no configuration of this node"
            report([.init(reason: reason, line: nil)])
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report([.init(reason: "is no text in UTF-8", line: Self.firstInvalidLine(bytes))])
            return
        }
        do throws(InvalidConfigurationValue) {
            guard let root = try YAML.document(text), !YAML.isNull(root) else { return }
            guard let mapping = root.mapping else {
                let reason = "found \(YAML.noun(root)); give keys and values, such as `ae_title: CT`"
                throw InvalidConfigurationValue(reason, root)
            }
            walk(mapping, below: "")
        } catch {
            report(error.faults)
        }
    }

    /// What it has for keys, by their names; of a structure the YAML.
    var contents: [String: ConfigContent] { entries.mapValues(\.content) }

    /// Where it has a key.
    func origin(of key: ConfigurationKey) -> Origin { .file(path, line: entries[key.name]?.line) }

    /// Takes the keys of a map.
    private mutating func walk(_ mapping: Node.Mapping, below section: String) {
        for (key, value) in mapping {
            let line = key.mark?.line
            guard let word = key.scalar?.string else {
                report([.init(reason: "found \(YAML.noun(key)) as a key; give a word", line: line)], key: section)
                continue
            }
            let name = section.isEmpty ? word : "\(section).\(word)"
            if let known = ConfigurationKey.named(name), !word.contains(".") {
                take(value, for: known, line: line)
            } else if !ConfigurationKey.sections.contains(name) {
                report([.init(reason: Self.unknown(name, word), line: line)], key: name)
            } else if let inner = value.mapping {
                walk(inner, below: name)
            } else if !YAML.isNull(value) {
                let reason = "found \(YAML.noun(value)); write the keys of this section below it"
                report([.init(reason: reason, line: line)], key: name)
            }
        }
    }

    private static func unknown(_ name: String, _ word: String) -> String {
        // `listen.port: 104` instead of `listen: { port: 104 }`.
        if let known = ConfigurationKey.named(word) {
            let parts = known.name.split(separator: ".")
            let nested = parts.dropLast().map { "\($0): { " }.joined() + "\(parts.last ?? ""): … }"
            return "there is no such key; write `\(nested)`, or the parts below each other"
        }
        let meant = NearestName.key(name).map { "; did you mean \($0)?" } ?? ""
        return "there is no such key\(meant)"
    }

    private mutating func take(_ value: Node, for key: ConfigurationKey, line: Int?) {
        guard !YAML.isNull(value) else { return }
        do throws(InvalidConfigurationValue) {
            _ = try key.read(.node(value))
            entries[key.name] = Entry(content: Self.content(value, key.shape), line: line)
        } catch {
            report(error.faults, key: key.name, line: line, isSecret: key.isSecret)
        }
    }

    private static func content(_ value: Node, _ shape: ConfigurationKey.Shape) -> ConfigContent {
        switch shape {
        case .scalar: .string(value.scalar?.string ?? "")
        case .list:
            .stringArray(
                value.sequence?.compactMap { $0.scalar?.string } ?? RawValue.split(value.scalar?.string ?? "")
            )
        case .structure: .string(YAML.flow(value))
        }
    }

    private mutating func report(
        _ faults: [InvalidConfigurationValue.Fault],
        key: String = "",
        line: Int? = nil,
        isSecret: Bool = false
    ) {
        self.faults += faults.map { fault in
            ConfigurationFault(
                origin: .file(path, line: fault.line ?? line),
                key: fault.path.isEmpty ? key : "\(key).\(fault.path)",
                problem: isSecret ? ConfigurationSources.hiddenFault : fault.problem
            )
        }
    }

    private static func firstInvalidLine(_ bytes: [UInt8]) -> Int? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }.map { $0 + 1 }
    }
}
