/// Reads a layout's template, and says what is wrong with it.
struct LayoutParser {
    private let template: String
    private var components: [[Layout.Part]] = [[]]

    init(_ template: String) { self.template = template }

    mutating func parse() throws(ArchiveError) -> [[Layout.Part]] {
        var rest = template[...]
        while let character = rest.first {
            if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw fault("a { without its }") }
                try parseField(rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            } else {
                try append(literal: character)
                rest.removeFirst()
            }
        }
        for component in components { try check(component) }
        try checkLast()
        return components
    }

    private mutating func parseField(_ field: Substring) throws(ArchiveError) {
        let (keyword, format) =
            field.firstIndex(of: ":").map { (String(field[..<$0]), String(field[field.index(after: $0)...])) }
            ?? (String(field), "")
        guard Layout.keywords.contains(keyword) else { throw fault("unknown keyword {\(keyword)}") }
        switch format {
        case "" where keyword == Layout.received: throw fault("{received} needs a format, as {received:yyyy/MM/dd}")
        case "": append(.value(keyword))
        case "hash" where keyword != Layout.received: append(.hash(keyword))
        default: try parseDate(keyword, format)
        }
    }

    private mutating func parseDate(_ keyword: String, _ format: String) throws(ArchiveError) {
        guard keyword == Layout.received || keyword.hasSuffix("Date") else {
            throw fault("{\(keyword)} is no date, so it takes no format but :hash")
        }
        var rest = format[...]
        var hasPart = false
        while !rest.isEmpty {
            if let part = Layout.DatePart.allCases.first(where: { rest.hasPrefix($0.rawValue) }) {
                append(.date(keyword, part))
                rest = rest.dropFirst(part.rawValue.count)
                hasPart = true
            } else {
                guard let character = rest.popFirst(), "/-._".contains(character) else {
                    throw fault("{\(keyword):\(format)}: a date is made of yyyy, MM and dd, and / - . _ between them")
                }
                try append(literal: character)
            }
        }
        guard hasPart else { throw fault("{\(keyword):\(format)} names no part of a date") }
    }

    private mutating func append(literal character: Character) throws(ArchiveError) {
        guard character != "/" else { return components.append([]) }
        guard let byte = character.asciiValue, PathComponent.isPlain(byte) else {
            throw fault("\(character) may not stand in a name; [0-9A-Za-z._-] and / may")
        }
        if case .literal(let text) = components[components.count - 1].last {
            components[components.count - 1].removeLast()
            append(.literal(text + String(character)))
        } else {
            append(.literal(String(character)))
        }
    }

    private mutating func append(_ part: Layout.Part) { components[components.count - 1].append(part) }

    private func check(_ component: [Layout.Part]) throws(ArchiveError) {
        guard let first = component.first else { throw fault("an empty name between two /, or at an end") }
        if case .literal(let text) = first, text.hasPrefix(".") { throw fault("a name may not begin with a full stop") }
        let literals = component.reduce(0) { if case .literal(let text) = $1 { $0 + text.utf8.count } else { $0 } }
        guard literals <= 64 else { throw fault("more than 64 characters of its own in one name") }
    }

    /// The last component must tell instances apart, whatever the other values are.
    private func checkLast() throws(ArchiveError) {
        let fields = (components.last ?? []).filter { if case .literal = $0 { false } else { true } }
        guard fields == [.value("SOPInstanceUID")] || fields.last == .hash("SOPInstanceUID") else {
            throw fault(
                "the last name must hold {SOPInstanceUID} and no other value, or end with {SOPInstanceUID:hash}: "
                    + "otherwise two instances could get one name"
            )
        }
    }

    private func fault(_ text: String) -> ArchiveError {
        ArchiveError(.configuration, "layout \"\(template)\": \(text)")
    }
}
