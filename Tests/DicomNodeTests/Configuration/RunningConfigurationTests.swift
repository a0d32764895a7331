import ApplicationEntities
import Logging
import NIOCore
import TestSupport
import Testing
import UpperLayer

@testable import dicom_node

@Suite("Reloading the configuration")
struct RunningConfigurationTests {
    /// A node's configuration with a file that a test rewrites.
    private struct Reloading {
        let directory: TemporaryDirectory
        let running: RunningConfiguration
        let log = RecordedLog()

        init(_ text: String, _ options: [String: [String]] = [:], environment: [String: String] = [:]) throws {
            directory = try TemporaryDirectory()
            let file = try directory.write(Array(text.utf8), to: "node.yaml")
            let sources = ConfigurationSources(
                commandLine: options,
                environment: environment,
                file: PathValue(argument: file)
            )
            let effective = try sources.read()
            running = RunningConfiguration(
                effective,
                from: sources,
                logLevel: LogLevel(effective.values.logging.level),
                descriptors: 1_024
            )
        }

        /// What the log says of a reload of a file with this text.
        func reload(_ text: String) async throws -> [String] {
            try directory.write(Array(text.utf8), to: "node.yaml")
            let before = log.messagesWithMetadata.count
            await running.reload(log.logger)
            return Array(log.messagesWithMetadata.dropFirst(before))
        }
    }

    /// The warning that everything is open belongs to another test.
    private static let closed = "listen: { host: 127.0.0.1 }\n"

    @Test("new values count for the next association, and the log names the keys that changed")
    func changes() async throws {
        let reloading = try Reloading(Self.closed + "limits: { associations: 3 }\n")
        let lines = try await reloading.reload(
            Self.closed + "limits: { associations: 4 }\ntimeouts: { idle: 7s }\nlogging: { level: debug }\n"
                + "accept: { unwalkable: true }\n"
        )
        #expect(
            lines == [
                "configuration reloaded changed=accept.unwalkable, limits.associations, timeouts.idle, logging.level"
            ]
        )
        let settings = reloading.running.settings.current
        #expect(settings.limits.associations == 4)
        #expect(settings.limits.descriptors == 1_024)
        #expect(settings.limits.acceptsUnwalkable)
        #expect(settings.timeouts.idle == .seconds(7))
        #expect(reloading.running.logLevel.current == .debug)
        #expect(try await reloading.reload(Self.closed).count == 1)
        #expect(reloading.running.settings.current.limits.associations == Limits().associations)
        #expect(reloading.running.logLevel.current == .info)
    }

    @Test("a file that is wrong is refused as a whole, with all its faults, and the next right one is taken")
    func refused() async throws {
        let reloading = try Reloading(Self.closed + "limits: { associations: 3 }\n")
        let lines = try await reloading.reload(
            Self.closed
                + "limits: { associations: 4, operations: 0 }\ntimeouts: { ilde: 7s }\nlogging: { level: debug }\n"
        )
        #expect(lines.count == 3)
        #expect(lines.first?.hasSuffix(":2: limits.operations: found '0'; give a whole number, 1 to 65535") == true)
        #expect(lines.dropFirst().first?.contains("did you mean timeouts.idle?") == true)
        #expect(lines.last == "configuration not reloaded: the settings stay as they were faults=2")
        #expect(reloading.running.settings.current.limits.associations == 3)
        #expect(reloading.running.logLevel.current == .info)
        _ = try await reloading.reload(Self.closed + "limits: { associations: 4 }\n")
        #expect(reloading.running.settings.current.limits.associations == 4)
    }

    @Test("a file that has gone leaves everything as it was")
    func gone() async throws {
        let reloading = try Reloading(Self.closed + "limits: { associations: 3 }\n")
        let missing = ConfigurationSources(file: PathValue(argument: reloading.directory.path + "/none"))
        let running = RunningConfiguration(
            EffectiveConfiguration(),
            from: missing,
            logLevel: LogLevel(.info),
            descriptors: 1_024
        )
        await running.reload(reloading.log.logger)
        #expect(
            reloading.log.messages == [
                "configuration fault", "configuration not reloaded: the settings stay as they were",
            ]
        )
    }

    @Test("what needs a restart says so each time and keeps its value, the rest is taken")
    func restart() async throws {
        let reloading = try Reloading(Self.closed + "ae_title: ONE\nlimits: { associations: 3 }\n")
        let new = Self.closed + "ae_title: TWO\nlimits: { associations: 4 }\n"
        for changed in ["limits.associations", "nothing"] {
            let lines = try await reloading.reload(new)
            #expect(lines.first == "configuration reloaded changed=\(changed)")
            #expect(lines.count == 2)
            #expect(
                lines.last?.hasPrefix("a new value waits for a restart from=\(reloading.directory.path)/node.yaml:2")
                    == true
            )
            #expect(lines.last?.hasSuffix("key=ae_title new=TWO value=ONE") == true)
        }
        #expect(reloading.running.settings.current.limits.associations == 4)
        #expect(try await reloading.reload(Self.closed + "ae_title: ONE\n").count == 1)
    }

    @Test("options and variables count before the file after a reload too")
    func precedence() async throws {
        let reloading = try Reloading(
            Self.closed,
            ["limits.associations": ["5"]],
            environment: ["DICOM_NODE_TIMEOUTS_IDLE": "6s"]
        )
        let lines = try await reloading.reload(Self.closed + "limits: { associations: 4 }\ntimeouts: { idle: 7s }\n")
        #expect(lines == ["configuration reloaded changed=nothing"])
        #expect(reloading.running.settings.current.limits.associations == 5)
        #expect(reloading.running.settings.current.timeouts.idle == .seconds(6))
    }

    @Test("new values that cannot be together with one that waits for a restart are refused")
    func mixture() async throws {
        let authority = try TestAuthority()
        let node = try authority.issue("node")
        let tls = "tls: { enabled: true, certificate: \(node.certificate), private_key: \(node.privateKey) }\n"
        let reloading = try Reloading(Self.closed + tls)
        // By itself it is right; but TLS stays on until a restart, and would have no certificate.
        let lines = try await reloading.reload(Self.closed)
        #expect(lines.last == "configuration not reloaded: the settings stay as they were faults=2")
        #expect(lines.first?.contains("tls.certificate: the certificate is missing") == true)
        #expect(reloading.running.settings.current.tls != nil)
    }

    @Test("certificates are read again, also where their names have not changed; a bad one changes nothing")
    func certificates() async throws {
        let authority = try TestAuthority()
        let (first, second) = (try authority.issue("node"), try authority.issue("node", validity: .days(3)))
        let directory = try TemporaryDirectory()
        func write(_ issued: TestAuthority.Issued) throws {
            try directory.write(try contents(of: issued.certificate), to: "node.pem")
            try directory.write(try contents(of: issued.privateKey), to: "node.key")
        }
        try write(first)
        let text =
            Self.closed
            + "tls: { enabled: true, certificate: \(directory.path)/node.pem, private_key: \(directory.path)/node.key }\n"
        let reloading = try Reloading(text)
        try write(second)
        let lines = try await reloading.reload(text)
        #expect(lines.first == "configuration reloaded changed=nothing")
        #expect(lines.contains { $0.contains("in 3 days: renew it and reload") }, "the new one is in use")
        try directory.write(Array("no key".utf8), to: "node.key")
        let refused = try await reloading.reload(text)
        #expect(refused.first?.contains("tls.private_key: \(directory.path)/node.key: it holds no private key") == true)
        #expect(reloading.running.settings.current.tls?.remarks.isEmpty == false, "the second one is still in use")
    }
}
