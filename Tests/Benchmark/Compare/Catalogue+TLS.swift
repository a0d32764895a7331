/// Servers over TLS. Their certificates are made for each run, and verified by nobody.
extension Catalogue {
    static func tls(node: String?) -> [ServerSetting] {
        guard let openssl = installed("openssl") else { return [] }
        var found: [ServerSetting] = []
        if let node {
            found.append(
                ServerSetting(name: "node-tls", title: "dicom-node over TLS, sync: never", kind: .node) {
                    port,
                    folder in
                    let (key, certificate) = try certificate(openssl, folder)
                    return [
                        node, "serve", "--listen-enabled", "false", "--tls-enabled", "true", "--tls-host", "127.0.0.1",
                        "--tls-port", "\(port)", "--tls-certificate", certificate, "--tls-private-key", key,
                        "--archive", folder + "/archive", "--archive-sync", "never", "--log-level", "warning",
                    ]
                }
            )
        }
        if let storescp = installed("storescp") {
            found.append(
                ServerSetting(
                    name: "storescp-tls",
                    title: "storescp --fork +B +tls, 128 KiB PDUs",
                    kind: .peer,
                    environment: withoutNagle
                ) { port, folder in
                    let (key, certificate) = try certificate(openssl, folder)
                    return [
                        storescp, "-q", "+xa", "--fork", "+B", "--max-pdu", "131072", "+tls", key, certificate, "-ic",
                        "-od", folder, "\(port)",
                    ]
                }
            )
        }
        return found
    }

    private static func certificate(_ openssl: String, _ folder: String) throws -> (key: String, certificate: String) {
        let (key, certificate) = (folder + ".key", folder + ".pem")
        let request = "req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2"
        let made = [openssl] + request.split(separator: " ").map(String.init)
        guard succeeds(made + ["-keyout", key, "-out", certificate]) else {
            throw BenchError.unusable("openssl makes no certificate")
        }
        return (key, certificate)
    }
}
