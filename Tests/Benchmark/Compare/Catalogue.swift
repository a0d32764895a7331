/// What can be measured on this machine: our node, the limits, and the peers that are installed.
enum Catalogue {
    /// TCP_NODELAY as dcmtk and Orthanc take it.
    static let withoutNagle = ["TCP_NODELAY": "1"]

    /// - Parameters:
    ///   - node: the path of our binary; without it the comparison runs without us.
    ///   - before: the path of another build of it, to be measured beside it.
    ///   - bench: the path of this program, which serves the limits.
    static func all(node: String?, before: String? = nil, bench: String) -> [ServerSetting] {
        (node.map { ours($0, "node", "dicom-node") } ?? [])
            + (before.map { ours($0, "before", "dicom-node before") } ?? [])
            + tls(node: node) + limits(bench) + dcmtk() + orthanc() + pynetdicom()
    }

    private static func ours(_ path: String, _ name: String, _ title: String) -> [ServerSetting] {
        @Sendable func command(_ port: Int, _ folder: String, _ durability: Durability) -> [String] {
            [
                path, "serve", "--host", "127.0.0.1", "--port", "\(port)", "--archive", folder + "/archive",
                "--archive-sync", durability.rawValue, "--log-level", "warning", "--limits-associations", "10000",
            ]
        }
        return [Durability.never, .always].map { durability in
            ServerSetting(
                name: "\(name)-\(durability)",
                title: "\(title), sync: \(durability)",
                kind: .node,
                durability: durability,
                fillCommand: { command($0, $1, .never) },
                command: { command($0, $1, durability) }
            )
        }
    }

    private static func limits(_ bench: String) -> [ServerSetting] {
        let titles: [LimitMode: String] = [
            .discard: "limit: TCP → nothing", .file: "limit: TCP → file", .fdatasync: "limit: … + fdatasync",
            .directory: "limit: … + directory fsync", .grouped: "limit: … shared by all that wait",
        ]
        return LimitMode.allCases.map { mode in
            ServerSetting(
                name: "limit-\(mode)",
                title: titles[mode] ?? mode.rawValue,
                kind: .limit,
                durability: mode == .directory || mode == .grouped ? .always : .never,
                limitMode: mode
            ) { port, folder in
                [bench, "limit", "serve", "--port", "\(port)", "--mode", mode.rawValue, folder]
            }
        }
    }
}
