/// The users of a file of salted hashes: a line for each, `name:hash` or `name:no-passcode`. Lines that begin with `#`,
/// and empty ones, are for people.
package struct UserFile: Equatable, Sendable {
    private enum Entry: Equatable, Sendable {
        case passcode(PasscodeHash)
        case nameAlone
    }

    private var entries: [String: Entry] = [:]
    /// Computed for users that do not exist, so that they take as long as one that does.
    private(set) var substitute = PasscodeHash.template

    /// Reads the lines of a file.
    ///
    /// *Errors*: every line that is wrong.
    package init(_ text: String) throws(InvalidUserFile) {
        var faults: [InvalidUserFile.Fault] = []
        var lines: [String: Int] = [:]
        let limit = AcceptorLimits.userFileBytes
        if text.utf8.count > limit {
            throw InvalidUserFile(faults: [.init(line: 1, reason: "the file has more than \(limit) bytes")])
        }
        // A line end of two characters is one Character.
        let texts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in texts.enumerated() {
            if line.allSatisfy(\.isWhitespace) || line.hasPrefix("#") { continue }
            func fault(_ reason: String) { faults.append(.init(line: index + 1, reason: reason)) }
            guard let colon = line.lastIndex(of: ":"), colon > line.startIndex else {
                fault("expected `name:hash`, as `dicom-node config passcode` makes it")
                continue
            }
            let name = String(line[..<colon])
            if let first = lines[name] { fault("the user of line \(first) a second time") }
            lines[name] = index + 1
            if let reason = Self.fault(inName: name) { fault(reason) }
            let rest = line[line.index(after: colon)...]
            if rest == Self.nameAlone {
                entries[name] = .nameAlone
                continue
            }
            do {
                entries[name] = .passcode(try PasscodeHash(rest))
            } catch {
                fault(error.reason)
            }
        }
        if !faults.isEmpty { throw InvalidUserFile(faults: faults) }
        substitute = entries.values.compactMap(Self.hash).max { $0.cost < $1.cost } ?? substitute
    }

    /// In the place of a hash: the user comes without a passcode.
    package static let nameAlone = "no-passcode"

    /// Why a name cannot stand in the file; nil: it can.
    package static func fault(inName name: String) -> String? {
        if name.utf8.count > AcceptorLimits.userNameBytes {
            return "a name of more than \(AcceptorLimits.userNameBytes) bytes"
        }
        if name.hasPrefix("#") { return "a name that begins with #" }
        if name.isEmpty || name.hasSuffix(" ") { return "a name that is empty or ends with a space" }
        return name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
            ? "a name with control characters" : nil
    }

    /// How many users there are.
    package var count: Int { entries.count }

    /// The user whose name these bytes are, without padding; nil: there is none.
    func name(_ bytes: [UInt8]) -> String? {
        let significant = bytes.prefix { $0 != 0 }
        guard significant.count <= AcceptorLimits.userNameBytes,
            var name = String(validating: significant, as: UTF8.self)
        else { return nil }
        while name.hasSuffix(" ") { name.removeLast() }
        return entries[name] == nil ? nil : name
    }

    func takesNameAlone(_ name: String) -> Bool { entries[name] == .nameAlone }

    func hash(_ name: String) -> PasscodeHash? { entries[name].flatMap(Self.hash) }

    private static func hash(_ entry: Entry) -> PasscodeHash? {
        if case .passcode(let hash) = entry { hash } else { nil }
    }
}

/// Lines of a ``UserFile`` that are wrong.
package struct InvalidUserFile: Error, Equatable {
    /// One of them. Names no user and no hash.
    package struct Fault: Equatable, Sendable {
        package var line: Int
        package var reason: String
    }

    package var faults: [Fault]
}
