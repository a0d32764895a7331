import Foundation

/// Throughput against associations as an SVG image: one panel for each work, both axes logarithmic.
enum Chart {
    private static let width = 960.0
    private static let panelHeight = 300.0
    private static let left = 70.0
    private static let plotWidth = 520.0
    private static let colours = [
        "#0b6e4f", "#d1495b", "#00798c", "#edae49", "#66588f", "#8d6a4e", "#5c7a29", "#b5651d", "#3c6e9c", "#a23b72",
        "#777777", "#2b2d42", "#98a886",
    ]

    /// The image; nil: nothing in the results has more than one number of associations.
    static func svg(_ results: Results) -> String? {
        let panels: [(String, Case.Work, Durability)] = [
            ("CT, 519 KiB, not synced: objects/s", .ct, .never),
            ("CT, 519 KiB, synced before the answer: objects/s", .ct, .always),
            ("Small, 14.5 KiB, not synced: objects/s", .small, .never),
            ("Small, 14.5 KiB, synced before the answer: objects/s", .small, .always),
        ]
        var body = ""
        var top = 10.0
        for (title, work, durability) in panels {
            if let panel = panel(results, title, work, durability, top) {
                body += panel
                top += panelHeight
            }
        }
        guard !body.isEmpty else { return nil }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(top))" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            \(body)</svg>

            """
    }

    private static func panel(
        _ results: Results,
        _ title: String,
        _ work: Case.Work,
        _ durability: Durability,
        _ top: Double
    ) -> String? {
        let numbers = results.associations(work)
        let names = Set(results.runs.filter { $0.work == work && $0.durability == durability }.map(\.server))
        let series = results.servers().filter { names.contains($0.name) }.map { server in
            (server.title, server.name, numbers.map { results.rate(server.name, work, $0) })
        }.filter { $0.2.contains { $0 != nil } }
        let rates = series.flatMap { $0.2.compactMap { $0 } }.filter { $0 > 0 }
        guard numbers.count > 1, let least = rates.min(), let most = rates.max() else { return nil }
        let low = floor(log10(least))
        let high = max(ceil(log10(most)), low + 1)
        let bottom = top + panelHeight - 50
        func x(_ index: Int) -> Double { left + plotWidth * Double(index) / Double(numbers.count - 1) }
        func y(_ rate: Double) -> Double { bottom - (log10(rate) - low) / (high - low) * (panelHeight - 90) }
        var svg = text(left, top + 20, title, extra: #" font-weight="bold" font-size="14""#)
        for power in Int(low)...Int(high) {
            let level = y(pow(10, Double(power)))
            svg += line(left, level, left + plotWidth, level, "#dddddd")
            svg += text(left - 8, level + 4, "\(Int(pow(10, Double(power))))", extra: #" text-anchor="end""#)
        }
        for (index, number) in numbers.enumerated() {
            svg += text(x(index), bottom + 18, "\(number)", extra: #" text-anchor="middle""#)
        }
        svg += text(left + plotWidth / 2, bottom + 36, "associations", extra: #" text-anchor="middle""#)
        for (order, (title, name, values)) in series.enumerated() {
            let colour = colours[order % colours.count]
            let ours = name.hasPrefix("node")
            let points = values.enumerated().compactMap { index, rate in rate.map { (x(index), y($0)) } }
            let path = points.map { "\(fixed($0.0, 1)),\(fixed($0.1, 1))" }.joined(separator: " ")
            let dash = name.hasPrefix("limit") ? #" stroke-dasharray="6 4""# : ""
            svg +=
                #"<polyline points="\#(path)" fill="none" stroke="\#(colour)" stroke-width="\#(ours ? 4 : 2)"\#(dash)/>"#
                + "\n"
            for (px, py) in points {
                svg += #"<circle cx="\#(fixed(px, 1))" cy="\#(fixed(py, 1))" r="3" fill="\#(colour)"/>"# + "\n"
            }
            let row = top + 40 + Double(order) * 17
            svg += line(left + plotWidth + 30, row, left + plotWidth + 55, row, colour, ours ? 4 : 2)
            svg += text(left + plotWidth + 62, row + 4, title)
        }
        return svg
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String, _ width: Int = 1)
        -> String
    {
        #"<line x1="\#(fixed(x1, 1))" y1="\#(fixed(y1, 1))" x2="\#(fixed(x2, 1))" y2="\#(fixed(y2, 1))" "#
            + #"stroke="\#(colour)" stroke-width="\#(width)"/>"# + "\n"
    }

    private static func text(_ x: Double, _ y: Double, _ text: String, extra: String = "") -> String {
        let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        return #"<text x="\#(fixed(x, 1))" y="\#(fixed(y, 1))"\#(extra)>\#(escaped)</text>"# + "\n"
    }
}
