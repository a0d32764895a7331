import FuzzBodies
import TestSupport

extension FuzzTarget {
    /// Whole associations: of a requestor towards us with an echo and with an instance, of an acceptor that answers us,
    /// and the golden PDUs as they are; by turns with each of the things that can happen meanwhile.
    static func associationSeeds() throws -> [FuzzSeed] {
        let golden = try upperLayer()
        var seeds: [FuzzSeed] = []
        for (index, incident) in (0..<8).enumerated() {
            let steering = [UInt8(index << 1 & 14), UInt8(incident | index << 3), UInt8(index)]
            seeds.append(FuzzSeed("echo-\(index)", steering: steering, request() + message(.echo(), nil, 1) + release))
            let answers = try HexFile.bytes("upper-layer/associate-ac.hex") + message(echoResponse, nil, 1) + released
            seeds.append(FuzzSeed("answer-\(index)", steering: [steering[0] | 1, steering[1], steering[2]], answers))
        }
        for (name, bytes) in golden {
            seeds.append(FuzzSeed("acceptor-\(name)", steering: [0, 0, 3], bytes))
            seeds.append(FuzzSeed("acceptor-then-\(name)", steering: [0, 0, 4], request() + bytes))
            seeds.append(FuzzSeed("requestor-\(name)", steering: [1, 0, 3], bytes))
        }
        for (index, fragmentation) in Fragmentation.all.enumerated() where index != 1 {
            let store = RawCommand.store(sopInstanceUID: "2.25.7")
            let dataSet = RawDataSet.image(sopInstanceUID: "2.25.7", pixels: 64)
            let messages =
                message(store, dataSet, 3, fragmentation) + message(.echo(messageID: 2), nil, 1, fragmentation)
            seeds.append(FuzzSeed("store-\(index)", steering: [6, 0, UInt8(index)], request() + messages + release))
        }
        return seeds
    }

    private static let release = RawPDU.releaseRQ.encoded()
    private static let released = RawPDU.releaseRP.encoded()

    private static let echoResponse = RawCommand([
        (0x0002, [UInt8](even: RawUID.verification)), (0x0100, RawCommand.us(0x8030)), (0x0120, RawCommand.us(1)),
        (0x0800, RawCommand.us(0x0101)), (0x0900, RawCommand.us(0)),
    ])

    private static func request() -> [UInt8] { RawRequest().encoded() }

    private static func message(
        _ command: RawCommand,
        _ dataSet: [UInt8]?,
        _ context: UInt8,
        _ fragmentation: Fragmentation = .usual
    ) -> [UInt8] {
        fragmentation.encoded(command: command.encoded(), dataSet: dataSet, context: context)
    }

    /// Commands of every kind that is told apart, right and wrong.
    static func commandSeeds() -> [FuzzSeed] {
        let store = RawCommand.store(sopInstanceUID: "2.25.7")
        let response = echoResponse
        let commitment = store.setting(0x0002, nil).setting(0x1000, nil).setting(0x0100, RawCommand.us(0x0130))
            .setting(0x0003, [UInt8](even: "1.2.840.10008.1.20.1")).setting(0x1008, RawCommand.us(1))
            .setting(0x1001, [UInt8](even: "1.2.840.10008.1.20.1.1"))
        let commands: [(String, RawCommand)] = [
            ("echo", .echo()),
            ("echo-response", response),
            ("store", store),
            ("store-move", store.setting(0x1030, [UInt8](even: "MOVER")).setting(0x1031, RawCommand.us(9))),
            (
                "store-response",
                response.setting(0x0100, RawCommand.us(0x8001)).setting(0x1000, [UInt8](even: "2.25.7"))
            ),
            ("failure", response.setting(0x0901, [8, 0, 0x18, 0]).setting(0x0902, [UInt8](even: "why"))),
            ("cancel", RawCommand([(0x0100, RawCommand.us(0x0FFF)), (0x0120, RawCommand.us(1))])),
            ("find", store.setting(0x0100, RawCommand.us(0x0020)).setting(0x1000, nil)),
            ("action", RawCommand.echo().setting(0x0100, RawCommand.us(0x0130)).setting(0x1008, RawCommand.us(1))),
            ("commitment", commitment),
            ("commitment-without-instance", commitment.setting(0x1001, nil)),
            ("event-report", store.setting(0x0100, RawCommand.us(0x0100)).setting(0x1002, RawCommand.us(2))),
            ("action-response", response.setting(0x0100, RawCommand.us(0x8130)).setting(0x1008, RawCommand.us(1))),
            ("event-report-response", response.setting(0x0100, RawCommand.us(0x8100)).setting(0x1002, [2])),
            ("no-class", store.setting(0x0002, nil)),
            ("no-instance", store.setting(0x1000, [])),
            ("bad-instance", store.setting(0x1000, Array("../../2.25".utf8))),
            ("long-instance", store.setting(0x1000, [UInt8](repeating: 0x31, count: 66))),
            ("private", store.setting(0x0701, [1]).with { $0.groupLength = 7 }),
            ("bare", store.with { $0.omitsGroupLength = true }),
        ]
        return commands.enumerated().map { index, command in
            FuzzSeed(command.0, steering: [UInt8(index)], command.1.encoded())
        }
    }
}
