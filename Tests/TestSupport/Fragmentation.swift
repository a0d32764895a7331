/// How a message is cut into presentation data values and P-DATA-TF PDUs (PS3.8 Annex E).
package struct Fragmentation: Sendable, CustomStringConvertible {
    package let description: String
    /// Bytes of command set and of data set in one value.
    package var commandValue = 16000
    package var dataValue = 16000
    /// How many values share a PDU.
    package var valuesInPDU = 1
    /// A PDU may hold values of the command and of the data set.
    package var joinsCommandAndData = false
    /// The last fragment of both is a value without bytes.
    package var endsWithEmptyValue = false

    package init(_ description: String, _ change: (inout Fragmentation) -> Void = { _ in }) {
        self.description = description
        change(&self)
    }

    package static let usual = Fragmentation("values of 16,000 bytes")

    /// Every way that the issue names, and some more.
    package static let all: [Fragmentation] = [
        usual,
        Fragmentation("2-byte values, each in a PDU") {
            $0.commandValue = 2
            $0.dataValue = 2
        },
        Fragmentation("odd values: 1 and 7 bytes") {
            $0.commandValue = 1
            $0.dataValue = 7
        },
        Fragmentation("2-byte values, 1,000 in a PDU") {
            $0.dataValue = 2
            $0.valuesInPDU = 1000
        },
        Fragmentation("one PDU of up to 1 MiB") {
            $0.dataValue = 1 << 20
        },
        Fragmentation("command and data in one PDU") {
            $0.dataValue = 1 << 20
            $0.valuesInPDU = 2
            $0.joinsCommandAndData = true
        },
        Fragmentation("command and data in values of 100 bytes, three in a PDU across the border") {
            $0.commandValue = 100
            $0.dataValue = 100
            $0.valuesInPDU = 3
            $0.joinsCommandAndData = true
        },
        Fragmentation("an empty last value") {
            $0.endsWithEmptyValue = true
        },
    ]

    /// The values of one message.
    package func values(command: [UInt8], dataSet: [UInt8]?, context: UInt8) -> [[RawPDV]] {
        let commands = cut(command, context: context, isCommand: true, size: commandValue)
        let data = dataSet.map { cut($0, context: context, isCommand: false, size: dataValue) } ?? []
        let groups = joinsCommandAndData ? [commands + data] : [commands, data]
        return groups.flatMap { group in
            stride(from: 0, to: group.count, by: valuesInPDU).map {
                Array(group[$0..<min($0 + valuesInPDU, group.count)])
            }
        }
    }

    /// The message as bytes on the wire.
    package func encoded(command: [UInt8], dataSet: [UInt8]?, context: UInt8) -> [UInt8] {
        values(command: command, dataSet: dataSet, context: context).flatMap { RawPDU.data($0).encoded() }
    }

    private func cut(_ bytes: [UInt8], context: UInt8, isCommand: Bool, size: Int) -> [RawPDV] {
        var values = stride(from: 0, to: bytes.count, by: size).map {
            RawPDV(context: context, isCommand: isCommand, isLast: false, data: bytes[$0..<min($0 + size, bytes.count)])
        }
        if values.isEmpty || endsWithEmptyValue {
            values.append(RawPDV(context: context, isCommand: isCommand, isLast: false, data: []))
        }
        values[values.count - 1].isLast = true
        return values
    }
}
