package import struct Associations.DataTF
package import struct Associations.PresentationDataValue
package import struct NIOCore.ByteBuffer

/// Cuts messages into P-DATA-TFs that the peer has room for (PS3.8 §D.1, Annex E).
///
/// A maximum length counts the variable field of a P-DATA-TF: the six bytes of PDU header are not in it, the six
/// of each value's length, context id and control header are. Every fragment but a message's last has an
/// even number of bytes wherever the maximum leaves room for two.
package struct MessageFragmenter: Sendable {
    /// The longest variable field of a P-DATA-TF that it makes, in bytes.
    package let maximumLength: Int

    /// The least that carries a message at all: a value's header and one byte. A peer that offers 1 to 6 cannot
    /// receive anything; it is sent fragments of this length.
    package static let leastMaximumLength = PresentationDataValue.headerLength + 1

    /// - Parameters:
    ///   - peerMaximumLength: What the peer offered; nil or 0 is unlimited.
    ///   - ownLimit: The most to send at once, counted the same way, for the sake of our own memory.
    package init(peerMaximumLength: Int?, ownLimit: Int) {
        let peer = peerMaximumLength.flatMap { $0 > 0 ? $0 : nil } ?? Int(UInt32.max)
        maximumLength = max(Self.leastMaximumLength, min(peer, ownLimit, Int(UInt32.max)))
    }

    /// The P-DATA-TFs of a command set or data set, or of the next part of one.
    ///
    /// They are cut as they are asked for, each a slice of `bytes`: a peer that offers a tiny maximum does not
    /// make us hold a thousand PDUs.
    ///
    /// - Parameters:
    ///   - bytes: All there is, or the next part; of a part that is not the last, an even number.
    ///   - isLast: It ends here. The last of nothing is one value without data.
    package func fragments(
        of bytes: ByteBuffer,
        presentationContextID: UInt8,
        isCommand: Bool,
        isLast: Bool = true
    ) -> Fragments {
        Fragments(
            bytes: bytes,
            presentationContextID: presentationContextID,
            isCommand: isCommand,
            isLast: isLast,
            size: Self.fragmentSize(within: maximumLength)
        )
    }

    /// The P-DATA-TFs of a command, the last of them filled up with the data that follows it.
    ///
    /// One PDU, and so one write and one wake-up of the peer, for a small object (fo-dicom#1960).
    ///
    /// - Parameters:
    ///   - data: The first of the data set; what has room is taken from it, and the rest is for `fragments`.
    ///   - dataIsComplete: The data set ends where `data` does.
    /// - Returns: The PDUs, and whether they hold the end of the data set: then there is nothing left to send.
    package func commandFragments(
        of command: ByteBuffer,
        fillingUpWith data: inout ByteBuffer,
        dataIsComplete: Bool,
        presentationContextID: UInt8
    ) -> (pdus: [DataTF], endsDataSet: Bool) {
        var pdus = Array(fragments(of: command, presentationContextID: presentationContextID, isCommand: true))
        guard var last = pdus.popLast() else { return (pdus, false) }
        let used = last.values.reduce(0) { $0 + PresentationDataValue.headerLength + $1.data.readableBytes }
        let room = maximumLength - used - PresentationDataValue.headerLength
        let fits = dataIsComplete && data.readableBytes <= room
        let count = fits ? data.readableBytes : max(0, min(room, data.readableBytes)) & ~1
        if fits || count > 0, let piece = data.readSlice(length: count) {
            last.values.append(
                PresentationDataValue(
                    presentationContextID: presentationContextID,
                    isCommand: false,
                    isLast: fits,
                    data: piece
                )
            )
        }
        pdus.append(last)
        return (pdus, fits)
    }

    /// The bytes of data in a full fragment: even, but one where the maximum has room for one only.
    private static func fragmentSize(within maximumLength: Int) -> Int {
        max(1, (maximumLength - PresentationDataValue.headerLength) & ~1)
    }
}
