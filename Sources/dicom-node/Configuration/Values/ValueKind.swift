import ApplicationEntities
import Archive
import Associations
import NIOCore

/// One kind of value: how its text is read and written, the same from every source.
struct ValueKind<Value: Sendable>: Sendable {
    /// What stands for a value in `--help`.
    let name: String
    /// *Errors*: `InvalidValue` that says what the kind takes.
    let value: @Sendable (_ text: String) throws -> Value
    /// The text of which ``value`` makes this value.
    let text: @Sendable (Value) -> String
}

extension ValueKind {
    /// The same, and nothing.
    static func optional<Wrapped>(_ kind: ValueKind<Wrapped>) -> Self where Value == Wrapped? {
        Self(name: kind.name, value: { try kind.value($0) }, text: { $0.map(kind.text) ?? "" })
    }
}

extension ValueKind where Value == Int {
    static func number(in range: ClosedRange<Int>, name: String = "number") -> Self {
        Self(name: name, value: Setting.number(in: range), text: { "\($0)" })
    }

    /// Bytes.
    static func size(in range: ClosedRange<Int> = 0...Int.max) -> Self {
        let parse = SizeValue.parse(in: range)
        return Self(name: "size", value: { try parse($0).bytes }, text: { "\(SizeValue($0))" })
    }
}

extension ValueKind where Value == Int {
    /// A share, 0% to 99%.
    static let percentage = Self(
        name: "percentage",
        value: { text in
            guard let number = Int(text.hasSuffix("%") ? text.dropLast() : text[...]), 0...99 ~= number else {
                throw InvalidValue("give 0% to 99%.")
            }
            return number
        },
        text: { "\($0)%" }
    )
}

extension ValueKind where Value == RetentionPolicy.Condition {
    static let condition = Self(
        name: "condition",
        value: { text in
            if text == "forwarded" {
                throw InvalidValue("this version forwards nothing, so nothing could ever be removed; give committed.")
            }
            return try ValueKind.choice("condition").value(text)
        },
        text: { $0.rawValue }
    )
}

extension ValueKind where Value == Bool {
    static let boolean = Self(name: "boolean", value: Setting.boolean, text: { "\($0)" })
}

extension ValueKind where Value == TimeAmount {
    static let duration = Self(
        name: "duration",
        value: { try DurationValue.parse($0).amount },
        text: { "\(DurationValue($0))" }
    )
}

extension ValueKind where Value == String {
    static let title = Self(name: "title", value: { try Setting.title($0) }, text: { $0 })
    /// An address of this machine.
    static let host = Self(name: "address", value: Setting.host, text: { $0 })
}

extension ValueKind where Value == String {
    /// Any text that is not empty.
    static func text(_ name: String) -> Self {
        Self(
            name: name,
            value: { text in
                guard !text.isEmpty else { throw InvalidValue("give a text.") }
                return text
            },
            text: { $0 }
        )
    }
}

extension ValueKind where Value == AddressRange {
    static let addressRange = Self(
        name: "address",
        value: { text in
            do throws(InvalidAddressRange) {
                return try AddressRange(text)
            } catch {
                throw InvalidValue("it \(error.reason).")
            }
        },
        text: { "\($0)" }
    )
}

extension ValueKind where Value == UID {
    static let storageSOPClass = uid(
        "SOP class",
        { UID(storageSOPClass: $0) },
        "a UID, or a keyword of PS3.6 such as CTImageStorage",
        UID.storageSOPClassKeywords
    )
    static let transferSyntax = uid(
        "transfer syntax",
        { UID(transferSyntax: $0) },
        "a UID, or a keyword of PS3.6 such as ExplicitVRLittleEndian",
        UID.transferSyntaxKeywords
    )

    private static func uid(
        _ name: String,
        _ read: @escaping @Sendable (String) -> UID?,
        _ form: String,
        _ keywords: [String]
    ) -> Self {
        Self(
            name: name,
            value: { text in
                if let uid = read(text) { return uid }
                let meant = NearestName.of(text, among: keywords.sorted()).map { "; did you mean \($0)?" } ?? "."
                throw InvalidValue("give \(form)\(meant)")
            },
            text: { $0.text }
        )
    }
}

extension ValueKind where Value == PathValue {
    static func path(_ name: String) -> Self {
        Self(
            name: name,
            value: { text in
                guard let path = PathValue(argument: text) else { throw InvalidValue("give a path.") }
                return path
            },
            text: { "\($0)" }
        )
    }
}

extension ValueKind where Value == IndexLocation {
    static let indexLocation = Self(name: "url", value: { try IndexLocation(argument: $0) }, text: { $0.text })
}

extension ValueKind where Value == Layout {
    static let layout = Self(
        name: "template",
        value: { text in
            do throws(ArchiveError) {
                return try Layout(text)
            } catch {
                throw InvalidValue("\(error) (dicom-node serve --help lists the keywords).")
            }
        },
        text: { $0.template }
    )
}

extension ValueKind where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words that the type has.
    static func choice(_ name: String) -> Self {
        Self(
            name: name,
            value: { text in
                guard let value = Value(rawValue: text) else { throw InvalidValue("give \(words).") }
                return value
            },
            text: { $0.rawValue }
        )
    }

    private static var words: String {
        let words = Value.allCases.map(\.rawValue)
        return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}
