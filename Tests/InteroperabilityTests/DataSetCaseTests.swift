import TestSupport
import Testing

@Suite("Data sets that real equipment sends")
struct DataSetCaseTests {
    @Test(
        "are filed as they came, or leave nothing behind, the first time and the second",
        arguments: try DataSetCase.all()
    )
    func sentTwice(_ item: DataSetCase) throws {
        try withNode { node in
            let association = try RawAssociation(port: node.port, Self.request(item))
            var statuses: [Int?] = []
            for _ in 1...2 {
                let response = try association.store(
                    item.dataSet,
                    sopClassUID: item.sopClassUID,
                    sopInstanceUID: item.sopInstanceUID
                )
                #expect(hasShortComment(response))
                statuses.append(response.status)
                let isStored = response.status == 0
                switch item.want {
                case .store: #expect(isStored, "\(response.text(0x0902) ?? "")")
                case .refuse: #expect(isFailure(response.status))
                case .either: #expect(isStored || isFailure(response.status))
                }
                let names = try node.instances()
                #expect(names.count == (isStored ? 1 : 0), "\(names)")
                for name in names {
                    #expect(!name.contains("~"))
                    let file = try Part10File(path: node.archive + "/" + name)
                    #expect(file.dataSet == item.dataSet)
                    #expect(file.transferSyntaxUID == item.transferSyntaxUID)
                }
            }
            #expect(statuses[0] == statuses[1])
            #expect(try association.echo() == 0)
            try association.release()
        }
    }

    @Test("that cannot be walked are kept, if --accept-unwalkable says so, and never without identity")
    func unwalkable() throws {
        let uid = "1.2.3.4.5"
        let text = Array("no element at all, and yet no padding".utf8)
        let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 0) + text
        try withNode { node in
            let association = try RawAssociation(port: node.port)
            #expect(try association.store(dataSet, sopInstanceUID: uid).status == 0xC000)
            #expect(try node.instances() == [])
            try association.release()
        }
        try withNode(["--accept-unwalkable", "true"]) { node in
            let association = try RawAssociation(port: node.port)
            #expect(try association.store(text, sopInstanceUID: uid).status == 0xC000)
            for _ in 1...2 { #expect(try association.store(dataSet, sopInstanceUID: uid).status == 0) }
            try association.release()
            #expect(try node.archived(uid).dataSet == dataSet)
            try node.stop()
            #expect(node.process.errors.contains("unchecked"))
        }
    }

    private static func request(_ item: DataSetCase) -> RawRequest {
        RawRequest([
            .init(1, RawUID.verification, [RawUID.implicitLittle]),
            .init(3, item.sopClassUID, [item.transferSyntaxUID]),
        ])
    }
}
