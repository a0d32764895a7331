import TestSupport
import Testing

@testable import dicom_node

@Suite("Sources of the configuration")
struct ConfigurationSourcesTests {
    private func read(
        _ commandLine: [String: [String]] = [:],
        _ environment: [String: String] = [:],
        _ file: String? = nil
    ) throws(ConfigurationFaults) -> EffectiveConfiguration {
        try ConfigurationSources(commandLine: commandLine).read(
            EnvironmentVariables(environment),
            file.map { ConfigurationFile("node.yaml", bytes: Array($0.utf8)) }
        )
    }

    @Test("the command line counts before the environment, that before the file, and that before the default")
    func precedence() throws {
        let file = "listen:\n  port: 3\n"
        let port = try #require(ConfigurationKey.named("listen.port"))
        let environment = ["DICOM_NODE_LISTEN_PORT": "2"]
        for (effective, number, origin) in [
            (try read(["listen.port": ["1"]], environment, file), 1, "--listen-port"),
            (try read([:], environment, file), 2, "DICOM_NODE_LISTEN_PORT"),
            (try read([:], [:], file), 3, "node.yaml:2"), (try read(), 11_112, "default"),
        ] {
            #expect(effective.values.listen.port == number)
            #expect("\(effective.origin(of: port))" == origin)
        }
    }

    @Test("a list is a sequence in a file, and parts between commas elsewhere; the nearest source has all of it")
    func lists() throws {
        #expect(
            try read([:], [:], "accept: { calling_ae_titles: [CT 1, \"A,B\"] }").values.accept.callingAETitles == [
                "CT 1", "A,B",
            ]
        )
        #expect(
            try read([:], [:], "accept:\n  calling_ae_titles: CT1, MR2\n").values.accept.callingAETitles == [
                "CT1", "MR2",
            ]
        )
        let environment = ["DICOM_NODE_ACCEPT_CALLING_AE_TITLES": "CT 1, MR2"]
        let file = "accept: { calling_ae_titles: [US3] }"
        #expect(try read([:], environment, file).values.accept.callingAETitles == ["CT 1", "MR2"])
        #expect(
            try read(["accept.calling_ae_titles": ["US4"]], environment, file).values.accept.callingAETitles == ["US4"]
        )
    }

    @Test("faults of file and environment come together, and a value that another source outweighs is one too")
    func faults() {
        let error = #expect(throws: ConfigurationFaults.self) {
            try read(
                ["listen.port": ["1"]],
                ["DICOM_NODE_LISTN_PORT": "1", "DICOM_NODE_TIMEOUTS_IDLE": "5", "OTHER": "1"],
                "listen: { port: x }\n"
            )
        }
        #expect(
            error?.all.map { "\($0)".prefix(60) }
                == [
                    "node.yaml:1: listen.port: found 'x'; give a whole number, 0 to 65535",
                    "DICOM_NODE_LISTN_PORT: there is no such setting; did you mean DICOM_NODE_LISTEN_PORT?",
                    "DICOM_NODE_TIMEOUTS_IDLE: timeouts.idle: found '5'; a duration is a whole number",
                ].map { $0.prefix(60) }
        )
    }

    @Test("a variable without a value is not set; what Kubernetes sets for a service of our name is not ours")
    func variables() throws {
        let environment = [
            "DICOM_NODE_AE_TITLE": "", "DICOM_NODE_PORT": "tcp://10.0.0.1:104", "DICOM_NODE_SERVICE_HOST": "10.0.0.1",
            "DICOM_NODE_SERVICE_PORT_DICOM": "104", "DICOM_NODE_PORT_104_TCP_ADDR": "10.0.0.1",
        ]
        #expect(try read([:], environment).values.aeTitle == "DICOMNODE")
        #expect(throws: ConfigurationFaults.self) { try read([:], ["DICOM_NODE_PORTS": "1"]) }
    }

    @Test("the file is the command line's, else the environment's; one that is not there is a fault")
    func file() throws {
        let directory = try TemporaryDirectory()
        let first = try directory.write(Array("ae_title: FIRST".utf8), to: "first.yaml")
        let second = try directory.write(Array("ae_title: SECOND".utf8), to: "second.yaml")
        var sources = ConfigurationSources(environment: ["DICOM_NODE_CONFIG": first])
        #expect(try sources.read().values.aeTitle == "FIRST")
        sources.file = PathValue(argument: second)
        #expect(try sources.read().values.aeTitle == "SECOND")
        sources.file = PathValue(argument: directory.path + "/none.yaml")
        let error = #expect(throws: ConfigurationFaults.self) { try sources.read() }
        #expect(error?.description == "\(directory.path)/none.yaml: cannot be read: No such file or directory")
    }

    @Test("names of keys, options and variables are each other's, and no two keys share one")
    func names() {
        let keys = ConfigurationKey.all
        for names in [keys.map(\.name), keys.map(\.option), keys.map(\.environmentName)] {
            #expect(Set(names).count == keys.count)
        }
        #expect(keys.allSatisfy { $0.name.wholeMatch(of: /[a-z_]+(\.[a-z_]+)*/) != nil && !$0.help.isEmpty })
        #expect(ConfigurationKey.sections.isDisjoint(with: keys.map(\.name)))
    }

    @Test(
        "a name that is nearly one is answered with that one",
        arguments: [
            ("listen.prot", "listen.port"), ("Listen.Port", "listen.port"), ("listen.prt", "listen.port"),
            ("timeouts.ilde", "timeouts.idle"), ("accept.calling-ae-titles", "accept.calling_ae_titles"),
            ("archive.layuot", "archive.layout"), ("loging", "logging"), ("storage.layout", "archive.layout"),
            ("associations", "limits.associations"), ("qqqq", nil),
        ]
    )
    func nearest(name: String, meant: String?) {
        #expect(NearestName.key(name) == meant)
    }
}
