/// What the environment says, and what is wrong with it.
struct EnvironmentVariables: Sendable {
    /// The variables that have a value; one that is empty counts as not set, as it does for most programs.
    let values: [String: String]
    let faults: [ConfigurationFault]

    /// Names the configuration file, as `--config` does.
    static let file = ConfigurationKey.environmentPrefix + "CONFIG"

    /// - Parameter variables: All of the process.
    init(_ variables: [String: String]) {
        values = variables.filter { $0.key.hasPrefix(ConfigurationKey.environmentPrefix) && !$0.value.isEmpty }
        let keys = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.environmentName, $0) })
        faults = values.sorted { $0.key < $1.key }.flatMap { name, value -> [ConfigurationFault] in
            if let key = keys[name] { return key.faults(of: .text(value), origin: .environment(name)) }
            guard name != Self.file, !Self.isOfKubernetes(name) else { return [] }
            let meant = NearestName.of(name, among: keys.keys.sorted() + [Self.file]).map { "; did you mean \($0)?" }
            return [
                ConfigurationFault(
                    origin: .environment(name),
                    key: "",
                    problem: "there is no such setting\(meant ?? "")"
                )
            ]
        }
    }

    /// What Kubernetes sets in every container for a service called `dicom-node`: `DICOM_NODE_SERVICE_HOST`,
    /// `DICOM_NODE_PORT_11112_TCP` and their like.
    private static func isOfKubernetes(_ name: String) -> Bool {
        name.wholeMatch(of: /DICOM_NODE_(SERVICE_(HOST|PORT(_.*)?)|PORT(_[0-9]+_(TCP|UDP|SCTP)(_.*)?)?)/) != nil
    }
}
