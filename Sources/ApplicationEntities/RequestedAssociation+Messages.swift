package import Associations
package import DIMSE
package import NIOCore
import UpperLayer

extension RequestedAssociation {
    /// C-ECHO (PS3.7 §9.1.5): the status of the response.
    package mutating func echo(on contextID: UInt8) async throws -> Status {
        let request = CEchoRQ(messageID: self.nextMessageID())
        try await self.write(
            self.fragmenter.fragments(of: request.encoded(), presentationContextID: contextID, isCommand: true)
        )
        guard case .cEchoRSP(let response) = try await self.response(to: request.messageID) else {
            throw RequestorError.unexpected("no C-ECHO-RSP")
        }
        return response.status
    }

    /// C-STORE (PS3.7 §9.1.1): sends a data set in pieces, and waits for the response.
    ///
    /// - Parameters:
    ///   - length: Bytes of the data set.
    ///   - piece: Gives `count` bytes of the data set from `offset` on.
    package mutating func store(
        sopClassUID: UID,
        sopInstanceUID: UID,
        on contextID: UInt8,
        length: Int,
        _ piece: (_ offset: Int, _ count: Int) async throws -> ByteBuffer
    ) async throws -> CStoreRSP {
        let request = CStoreRQ(
            messageID: self.nextMessageID(),
            affectedSOPClassUID: sopClassUID,
            affectedSOPInstanceUID: sopInstanceUID
        )
        var offset = min(length, UpperLayerLimits.sentPDULength)
        var data = try await piece(0, offset)
        let first = self.fragmenter.commandFragments(
            of: request.encoded(),
            fillingUpWith: &data,
            dataIsComplete: offset == length,
            presentationContextID: contextID
        )
        try await self.connection.write(.data(first.pdus))
        // What did not fit beside the command, then the pieces that follow.
        var isComplete = first.endsDataSet
        while !isComplete {
            isComplete = offset == length
            if data.readableBytes > 0 || isComplete {
                try await self.write(
                    self.fragmenter.fragments(
                        of: data,
                        presentationContextID: contextID,
                        isCommand: false,
                        isLast: isComplete
                    )
                )
            }
            guard !isComplete else { break }
            let count = min(length - offset, UpperLayerLimits.sentPDULength)
            data = try await piece(offset, count)
            offset += count
        }
        guard case .cStoreRSP(let response) = try await self.response(to: request.messageID) else {
            throw RequestorError.unexpected("no C-STORE-RSP")
        }
        return response
    }

    private mutating func nextMessageID() -> UInt16 {
        self.messageID &+= 1
        return self.messageID
    }

    private var fragmenter: MessageFragmenter {
        MessageFragmenter(
            peerMaximumLength: self.negotiated.peerMaximumLength,
            ownLimit: UpperLayerLimits.sentPDULength
        )
    }

    private func write(_ fragments: MessageFragmenter.Fragments) async throws {
        for fragment in fragments {
            try await self.connection.write(.data([fragment]))
        }
    }

    /// The response to the request with this Message ID. While we wait, the peer owes us (``ProgressWatch``).
    private mutating func response(to messageID: UInt16) async throws -> Command {
        self.activity.value.operations = 1
        defer { self.activity.value.operations = 0 }
        while let indication = await self.connection.next() {
            switch indication {
            case .data(let fragments):
                for fragment in fragments {
                    guard case .command(let command, _, false)? = try self.assembler.take(fragment) else { continue }
                    return command
                }
            case .release:
                try await self.connection.write(.releaseResponse)
            case .ended(let end):
                throw RequestorError.ended(end)
            case .associate, .associateAccepted, .associateRejected:
                break
            }
        }
        throw RequestorError.ended(.transportClosed)
    }
}
