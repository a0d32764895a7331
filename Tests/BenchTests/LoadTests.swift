import Foundation
import Glibc
import Testing

@testable import dicom_bench

@Suite("Load generator")
struct LoadTests {
    private func load(_ acceptor: Acceptor, _ instances: [Instance], objects: Int) throws -> StoreLoad {
        ignoreBrokenPipes()
        return StoreLoad(
            endpoint: try Endpoint(host: "127.0.0.1", port: acceptor.port),
            instances: instances,
            objects: objects,
            runNumber: 5
        )
    }

    /// That each object arrived once, under its own UID in command and data set, and whole.
    private func expectWhole(_ stored: [Acceptor.Stored], _ instances: [Instance], count: Int) throws {
        #expect(stored.count == count)
        #expect(Set(stored.map(\.uid)).count == count)
        for object in stored {
            let number = try #require(InstanceNumber(uid: object.uid))
            #expect(object.dataSet == instances[number.object].renumbered(number))
        }
    }

    @Test("objects arrive whole however they are cut", arguments: [300, 16_384, 1_000_000])
    func cut(pduLength: UInt32) throws {
        let acceptor = try Acceptor(Acceptor.Behaviour(pduLength: pduLength))
        let instances = try Workload.small.instances(count: 3)
        var load = try load(acceptor, instances, objects: 8)
        load.associations = 2
        let result = try load.run()
        #expect(result.failures == 0)
        #expect(result.objects == 8)
        #expect(result.bytes == acceptor.instances.map(\.dataSet.count).reduce(0, +))
        #expect(result.pduLength == min(Int(pduLength), 1_000_000))
        try expectWhole(acceptor.instances, instances, count: 8)
    }

    @Test("more PDUs than one write takes")
    func manyPDUs() throws {
        let acceptor = try Acceptor(Acceptor.Behaviour(pduLength: 1_024))
        let instances = try Workload.ct.instances(count: 1)
        #expect(try load(acceptor, instances, objects: 2).run().failures == 0)
        try expectWhole(acceptor.instances, instances, count: 2)
    }

    @Test("a cap on the PDU length is kept")
    func cap() throws {
        let acceptor = try Acceptor(Acceptor.Behaviour(pduLength: 100_000))
        var load = try load(acceptor, Workload.small.instances(count: 1), objects: 1)
        load.pduLength = 2_000
        #expect(try load.run().pduLength == 2_000)
    }

    @Test("responses in another order within the window")
    func window() throws {
        let acceptor = try Acceptor(Acceptor.Behaviour(window: 4, batch: 4))
        let instances = try Workload.small.instances(count: 2)
        var load = try load(acceptor, instances, objects: 12)
        load.operations = 16
        let result = try load.run()
        #expect(result.failures == 0)
        try expectWhole(acceptor.instances, instances, count: 12)
    }

    @Test("an association for every two objects")
    func perAssociation() throws {
        let acceptor = try Acceptor()
        var load = try load(acceptor, Workload.small.instances(count: 1), objects: 6)
        load.objectsPerAssociation = 2
        let result = try load.run()
        #expect(result.objects == 6)
        #expect(3...4 ~= result.associations)
    }

    @Test("a failure status is counted by its kind, and the association goes on")
    func failures() throws {
        let acceptor = try Acceptor(Acceptor.Behaviour(status: { $0 % 3 == 1 ? 0xA700 : 0 }))
        let result = try load(acceptor, Workload.small.instances(count: 1), objects: 9).run()
        #expect(result.objects == 6)
        #expect(result.failureKinds == ["status A700H": 3])
        #expect(result.associations == 1)
    }

    @Test("a server that is not there")
    func nobody() throws {
        let load = StoreLoad(
            endpoint: try Endpoint(host: "127.0.0.1", port: try freePort()),
            instances: try Workload.small.instances(count: 1),
            objects: 1,
            runNumber: 1
        )
        let result = try load.run()
        #expect(result.objects == 0)
        #expect(result.failures > 0)
    }

    @Test("own UIDs are kept where that is asked for")
    func ownUIDs() throws {
        let acceptor = try Acceptor()
        let instances = try Workload.small.instances(count: 2)
        var load = try load(acceptor, instances, objects: 2)
        load.runNumber = nil
        #expect(try load.run().failures == 0)
        #expect(acceptor.instances.map(\.dataSet) == instances.map(\.dataSet))
        #expect(acceptor.instances.map(\.uid) == instances.map(\.sopInstanceUID))
    }

    @Test("TLS: DCMTK's storescp gets the objects whole", .enabled(if: installed("storescp") != nil))
    func tls() throws {
        ignoreBrokenPipes()
        let server = try #require(Catalogue.all(node: nil, bench: "").first { $0.name == "storescp-tls" })
        let folder = try TemporaryFolder()
        let port = try freePort()
        let files = folder.path + "/files"
        try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
        let child = try ChildProcess(
            server.command(port, files),
            environment: server.environment,
            log: folder.path + "/log"
        )
        defer { child.stop() }
        try child.waitForListener(port: port)
        var endpoint = try Endpoint(host: "127.0.0.1", port: port)
        endpoint.tls = TLSSettings()
        // Small and large PDUs: several to a record, and several records to one.
        for (round, pduLength) in [700, 100_000].enumerated() {
            let instances = try Workload.ct.instances(count: 2)
            var load = StoreLoad(endpoint: endpoint, instances: instances, objects: 4, runNumber: 7 + round)
            load.associations = 2
            load.pduLength = pduLength
            let result = try load.run()
            #expect(result.failures == 0, "\(result.failureKinds)")
            #expect(try #require(result.cipher).contains("GCM"))
            let check = FileCheck(folder: files, sent: instances, run: 7 + round)
            #expect(check.files == 4)
            #expect(check.sampled == 4)
            #expect(check.identical == 4)
        }
    }

    @Test("TLS to a server that speaks none fails")
    func tlsToPlain() throws {
        let acceptor = try Acceptor()
        var load = try load(acceptor, Workload.small.instances(count: 1), objects: 1)
        load.endpoint.tls = TLSSettings()
        load.timeout = 5
        let result = try load.run()
        #expect(result.objects == 0)
        #expect(result.failures > 0)
        #expect(acceptor.instances.isEmpty)
    }

    @Test("connect, associate, C-ECHO, release")
    func echo() throws {
        let acceptor = try Acceptor()
        let load = EchoLoad(endpoint: try Endpoint(host: "127.0.0.1", port: acceptor.port), clients: 2, seconds: 0)
        let result = try load.run()
        #expect(result.failures == 0)
        #expect(result.objects == 2)
    }

    @Test("the limit stores every object", arguments: LimitMode.allCases)
    func limit(mode: LimitMode) throws {
        let folder = try TemporaryFolder()
        let server = try LimitServer(mode: mode, folder: folder.path)
        let (listener, port) = try listen(port: 0)
        try JoinableThread { try? server.serve(listener) }.detach()
        let instances = try Workload.ct.instances(count: 1)
        let result = try LimitLoad(
            endpoint: try Endpoint(host: "127.0.0.1", port: port),
            instances: instances,
            connections: 2,
            objects: 5
        ).run()
        shutdown(listener, Int32(SHUT_RDWR))
        #expect(result.objects == 5)
        #expect(result.failures == 0)
        let files = filesBelow(folder.path)
        #expect(files.count == (mode == .discard ? 0 : 5))
        for file in files { #expect(try contents(of: file) == instances[0].dataSet) }
    }
}
