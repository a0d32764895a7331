import ApplicationEntities
import ArgumentParser
import ServiceClasses
import Testing

@testable import dicom_node

@Suite("Peers in the configuration")
struct PeerListTests {
    private func read(_ text: String) throws(ConfigurationFaults) -> PeerList {
        let file = ConfigurationFile("node.yaml", bytes: Array(text.utf8))
        return try ConfigurationSources().read(EnvironmentVariables([:]), file).values.peers
    }

    @Test("an entry has hosts, a TLS subject, services and limits, and whatever is left out is as for others")
    func entry() throws {
        let peers = try read(
            """
            tls: { ca: /none }
            peers:
              CT1: { host: 192.0.2.7, may: [echo, store] }
              "MR 2":
                host: [192.0.2.8, "2001:db8::/64"]
                limits: { associations: 4, object_size: 2GiB }
              US3:
            """
        )
        #expect(peers.rules.keys.sorted() == ["CT1", "MR 2", "US3"])
        let ct = try #require(peers.rules["CT1"])
        #expect(try ct.hosts == [AddressRange("192.0.2.7")])
        #expect(ct.may == [.echo, .store])
        let mr = try #require(peers.rules["MR 2"])
        #expect(mr.hosts.count == 2 && mr.associations == 4 && mr.objectSize == 2 << 30)
        #expect(mr.may == Set(Permission.allCases))
        #expect(peers.rules["US3"] == PeerRule())
    }

    @Test("a peer with a port takes associations at the first single address of its hosts")
    func places() throws {
        let text = """
            peers:
              CT1: { host: 192.0.2.7, port: 104 }
              MR2: { host: [192.0.2.0/24, "2001:db8::7"], port: 2762, tls: true }
              US3: { host: 192.0.2.9 }
            """
        let peers = try read(text)
        #expect(peers.places.keys.sorted() == ["CT1", "MR2"])
        let (ct, mr) = (try #require(peers.places["CT1"]), try #require(peers.places["MR2"]))
        #expect(ct.host == "192.0.2.7" && ct.port == 104 && !ct.isSecure)
        #expect(mr.host == "2001:db8::7" && mr.port == 2_762 && mr.isSecure)
        // What `config show` prints is read again.
        #expect(try PeerList(peers.node).places.keys.sorted() == ["CT1", "MR2"])
        #expect(try PeerList(peers.node).places["MR2"]?.isSecure == true)
    }

    @Test("a port without an address, and TLS without a port, are faults")
    func placeFaults() {
        let error = #expect(throws: ConfigurationFaults.self) {
            try read(
                """
                peers:
                  CT1: { port: 104 }
                  MR2: { host: 192.0.2.0/24, port: 104 }
                  US3: { host: 192.0.2.9, tls: true }
                  XA4: { host: 192.0.2.9, port: 0 }
                """
            )
        }
        let found = error?.all.map(\.description) ?? []
        #expect(found.count == 4, "\(found)")
        #expect(found.count { $0.contains("has a port and no address") } == 2, "\(found)")
        #expect(found.contains { $0.contains("peers.US3") && $0.contains("has tls and no port") }, "\(found)")
        #expect(found.contains { $0.contains("peers.XA4.port") }, "\(found)")
    }

    @Test("everything that is wrong is named with its line and its place")
    func faults() {
        let text = """
            peers:
              CT1:
                hots: 192.0.2.7
                may: [echo, fetch]
              SEVENTEEN-LETTERS: { }
              MR2: { host: [192.0.2.300, 192.0.2.0/33], limits: { associations: -1, object_sise: 3 } }
              US3: 192.0.2.7
              XA4: { tls_subject: "" }
            """
        let error = #expect(throws: ConfigurationFaults.self) { try read(text) }
        let found = error?.all.map(\.description) ?? []
        let expected = [
            "node.yaml:4: peers.CT1.may: found 'fetch'; give echo, store or commit",
            "node.yaml:3: peers.CT1.hots: there is no such key; did you mean host?",
            "node.yaml:5: peers: found 'SEVENTEEN-LETTERS'; an AE title has 1 to 16",
            "node.yaml:6: peers.MR2.host: found '192.0.2.300'; it is no address",
            "node.yaml:6: peers.MR2.host: found '192.0.2.0/33'; it has a prefix",
            "node.yaml:6: peers.MR2.limits.associations: found '-1'; give a whole number",
            "node.yaml:6: peers.MR2.limits.object_sise: there is no such key; did you mean object_size?",
            "node.yaml:7: peers.US3: found '192.0.2.7'; give a map of keys",
            "node.yaml:8: peers.XA4.tls_subject: give a text",
        ]
        #expect(found.count == expected.count)
        for (index, start) in expected.enumerated() {
            #expect(found.count > index && found[index].hasPrefix(start), "\(found)")
        }
    }

    @Test("two titles that differ in blanks at their ends are one, and stand there twice")
    func twice() {
        let error = #expect(throws: ConfigurationFaults.self) { try read("peers: { CT1: {}, \" CT1\": {} }") }
        #expect(error?.description == "node.yaml:1: peers.CT1: stands there twice; keep one of them")
    }

    @Test("the environment and the command line have peers as YAML in one line, faults without lines")
    func oneLine() throws {
        let text = "{CT1: {host: 192.0.2.7}}"
        let environment = EnvironmentVariables(["DICOM_NODE_PEERS": text])
        #expect(try ConfigurationSources().read(environment, nil).values.peers.rules["CT1"]?.hosts.count == 1)
        let options = try ConfigurationOptions<EveryKey>.parse(["--peers", text])
        let sources = ConfigurationSources(commandLine: options.settings.texts)
        #expect(try sources.read(EnvironmentVariables([:]), nil).values.peers.rules["CT1"]?.hosts.count == 1)
        #expect(
            EnvironmentVariables(["DICOM_NODE_PEERS": "{CT1: {hots: 1}}"]).faults.map(\.description)
                == ["DICOM_NODE_PEERS: peers.CT1.hots: there is no such key; did you mean host?"]
        )
        #expect(EnvironmentVariables(["DICOM_NODE_PEERS": "{CT1: ["]).faults.count == 1)
    }

    @Test("what is shown can be read again")
    func shown() throws {
        let text =
            "{CT1: {host: [192.0.2.7, \"fe80::/10%eth0\"], tls_subject: \"CN=a b,O=x: y\", may: [store], limits: {associations: 0, object_size: 2GiB}}, \"MR,2\": {}}"
        let key = try #require(ConfigurationKey.named("peers"))
        var first = NodeConfiguration()
        try key.read(.text(text))(&first)
        var second = NodeConfiguration()
        try key.read(.text("\(key.value(first))"))(&second)
        #expect(first.peers.rules.count == 2)
        #expect(first.peers.rules == second.peers.rules)
    }
}
