/// "Did you mean": the name that was probably meant.
enum NearestName {
    /// The name among `names` that differs least from `name`; nil: none is near.
    static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let folded = fold(name)
        var nearest: (name: String, distance: Int)?
        for other in names {
            let distance = distance(folded, fold(other))
            if distance < nearest?.distance ?? .max { nearest = (other, distance) }
        }
        guard let nearest, nearest.distance <= max(1, name.count / 3) else { return nil }
        return nearest.name
    }

    /// The key that was probably meant: one that is near, or one of that name in another section.
    static func key(_ name: String) -> String? {
        let names = ConfigurationKey.all.map(\.name)
        if let near = of(name, among: names + ConfigurationKey.sections.sorted()) { return near }
        func last(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }
        return names.first { last($0) == last(name) }
    }

    /// Case does not count, nor how words are separated.
    private static func fold(_ name: String) -> [Character] {
        name.prefix(longest).lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }
    }

    /// Characters that are compared; the longest key is far shorter.
    private static let longest = 100

    /// How many characters must be inserted, removed, replaced or swapped with their neighbour.
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var twoBack: [Int] = []
        var previous = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var row = [i + 1]
            for (j, b) in second.enumerated() {
                var cost = min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == second[j - 1], first[i - 1] == b { cost = min(cost, twoBack[j - 1] + 1) }
                row.append(cost)
            }
            twoBack = previous
            previous = row
        }
        return previous[second.count]
    }
}
