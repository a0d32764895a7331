import Crypto
import Glibc
import Instances

extension Layout {
    /// - Parameter time: Seconds since 1970.
    /// - Throws: `.unnameable` without a SOP Instance UID.
    func path(for keys: InstanceKeys, received time: time_t) throws(ArchiveError) -> RelativePath {
        guard !keys.sopInstanceUID.isEmpty else {
            throw ArchiveError(.unnameable, "the instance has no SOP Instance UID")
        }
        var names = components.map { name($0, keys, time) }
        let stem = names.popLast() ?? ""
        // Room for `~` and a copy's number.
        let room = PathComponent.lengthMax - `extension`.utf8.count - 8
        return RelativePath(
            directories: names.map { PathComponent.limit($0, to: PathComponent.lengthMax) },
            stem: PathComponent.limit(stem, to: room),
            extension: `extension`
        )
    }

    private func name(_ component: [Part], _ keys: InstanceKeys, _ time: time_t) -> String {
        var name = ""
        for part in component {
            switch part {
            case .literal(let text): name += text
            case .value(let keyword): name += PathComponent.encode(value(keyword, keys), isFirst: name.isEmpty)
            case .hash(let keyword): name += PathComponent.hash(value(keyword, keys))
            case .date(Self.received, let part): name += Self.date(time, part)
            case .date(let keyword, let part): name += Self.date(value(keyword, keys), part)
            }
        }
        return name
    }

    private func value(_ keyword: String, _ keys: InstanceKeys) -> String {
        switch keyword {
        case "SOPInstanceUID": keys.sopInstanceUID
        case "SOPClassUID": keys.sopClassUID
        case "StudyInstanceUID": keys.studyInstanceUID ?? ""
        case "SeriesInstanceUID": keys.seriesInstanceUID ?? ""
        case "CallingAETitle": keys.callingAETitle
        case "CalledAETitle": keys.calledAETitle
        default: keys.attributes[keyword] ?? ""
        }
    }

    /// A part of a DA value, `yyyymmdd` (PS3.5 §6.2); the older form with full stops is understood.
    private static func date(_ value: String, _ part: DatePart) -> String {
        let digits = value.utf8.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: " ") }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard digits.count == 8, digits.allSatisfy(isDigit) else { return PathComponent.missing }
        let range =
            switch part {
            case .year: 0..<4
            case .month: 4..<6
            case .day: 6..<8
            }
        return String(decoding: digits[range], as: UTF8.self)
    }

    private static func date(_ time: time_t, _ part: DatePart) -> String {
        var time = time
        var local = tm()
        guard localtime_r(&time, &local) != nil else { return PathComponent.missing }
        return switch part {
        case .year: padded(Int(local.tm_year) + 1900, 4)
        case .month: padded(Int(local.tm_mon) + 1, 2)
        case .day: padded(Int(local.tm_mday), 2)
        }
    }

    private static func padded(_ number: Int, _ count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}

extension PathComponent {
    /// What stands for a value that is missing.
    static let missing = "_"

    /// The first 128 bits of SHA-256, as 32 digits: nobody finds two values with one hash.
    static func hash(_ value: String) -> String {
        var hash = SHA256()
        hash.update(data: Array(value.utf8))
        return Hexadecimal.text(hash.finalize().prefix(16))
    }

    /// Shortens a name that is too long, to its beginning and the hash of the whole. `%h` occurs in no encoding.
    static func limit(_ name: String, to length: Int) -> String {
        guard name.utf8.count > length else { return name }
        var kept = name.utf8.prefix(length - 34)
        // Not in the middle of `%XX`.
        if let percent = kept.suffix(2).lastIndex(of: UInt8(ascii: "%")) { kept = kept[..<percent] }
        return String(decoding: kept, as: UTF8.self) + "%h" + hash(name)
    }
}
