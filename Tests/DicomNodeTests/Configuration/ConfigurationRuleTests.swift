import TestSupport
import Testing

@testable import dicom_node

@Suite("Values that cannot be together")
struct ConfigurationRuleTests {
    @Test(
        "each combination that cannot be is a fault that names a key, what was found and what to do",
        arguments: [
            (
                "limits: { associations: 2, associations_per_host: 3 }",
                ["node.yaml:1: limits.associations_per_host: found 3, which is more than limits.associations (2)"]
            ),
            ("listen: { enabled: false }", ["node.yaml:1: listen.enabled: found false, and tls.enabled is false too"]),
            (
                "tls: { enabled: true }",
                [
                    "node.yaml:1: tls.certificate: the certificate is missing",
                    "node.yaml:1: tls.private_key: the private key of the certificate is missing",
                ]
            ),
            (
                "tls: { enabled: true, require_client_certificate: true, certificate: /none/c, private_key: /none/k }",
                [
                    "node.yaml:1: tls.ca: client certificates are required, and no authority is named",
                    "node.yaml:1: tls.certificate: /none/c: there is no such file",
                    "node.yaml:1: tls.private_key: /none/k: there is no such file",
                ]
            ),
            (
                "tls: { enabled: true, port: 11112 }",
                [
                    "node.yaml:1: tls.port: found 11112, which is listen.port too",
                    "node.yaml:1: tls.certificate: the certificate is missing",
                    "node.yaml:1: tls.private_key: the private key of the certificate is missing",
                ]
            ),
        ]
    )
    func faults(text: String, expected: [String]) throws {
        let file = ConfigurationFile("node.yaml", bytes: Array(text.utf8))
        let error = #expect(throws: ConfigurationFaults.self) {
            try ConfigurationSources().read(EnvironmentVariables([:]), file)
        }
        let found = error?.all.map(\.description) ?? []
        #expect(found.count == expected.count, "\(found)")
        for (fault, start) in zip(found, expected) { #expect(fault.hasPrefix(start), "\(fault)") }
    }

    @Test(
        "what can be together is taken",
        arguments: [
            "limits: { associations: 3, associations_per_host: 3 }",
            "limits: { associations: 2, associations_per_host: 0 }",
            "tls: { port: 11112 }", "tls: { certificate: /none }",
        ]
    )
    func right(text: String) {
        let file = ConfigurationFile("node.yaml", bytes: Array(text.utf8))
        #expect(throws: Never.self) { try ConfigurationSources().read(EnvironmentVariables([:]), file) }
    }
}
