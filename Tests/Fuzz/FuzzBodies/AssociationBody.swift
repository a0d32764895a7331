import ApplicationEntities
import Associations
import NIOCore

/// Whatever a peer sends in either role, however it is cut into reads and whatever we do meanwhile: what we send is
/// well formed, the end is told once, and a peer that falls silent does not keep the connection.
enum AssociationBody {
    /// What happens besides the peer's bytes.
    enum Incident: Int, CaseIterable {
        case none, release, abort, close, stop, stall, idle, peerCloses
    }

    /// The course of one association.
    struct Script {
        var role: Role
        /// How many PDUs come before the user looks at what it has been told: 1 is a peer that waits, more are
        /// pipelined.
        var pduAtOnce: Int
        var incident: Incident
        /// After so many looks of the user.
        var moment: Int
        /// The peer shuts down its sending behind its last byte.
        var endsInput: Bool

        init(_ first: Int, _ second: Int) {
            role = first & 1 == 0 ? .acceptor : .requestor
            pduAtOnce = [1, 2, 3, .max][first >> 1 & 3]
            incident = Incident(rawValue: second & 7) ?? .none
            moment = second >> 3
            endsInput = first >> 3 & 1 == 1
        }
    }

    /// Reads of one part: each is a turn of the event loop, and the steering byte moves them over all of the part.
    private static let readsAtMost = 16

    static func run(_ input: FuzzInput) throws(Violation) {
        var input = input
        let script = Script(input.steer(), input.steer())
        let cuts = input.steer()
        let parts = parts(of: input.rest, script.pduAtOnce)
        let bytes = ByteBuffer(bytes: input.rest)
        let whole = try play(script, bytes, parts) { CollectionOfOne(0..<$0) }
        let cut = try play(script, bytes, parts) { Cuts(of: $0, steeredBy: cuts, atMost: readsAtMost) }
        try expect(whole == cut, "\(whole)\ncut into reads:\n\(cut)")
    }

    private static func play<Reads: Sequence<Range<Int>>>(
        _ script: Script,
        _ bytes: ByteBuffer,
        _ parts: [Range<Int>],
        _ reads: (Int) -> Reads
    ) throws(Violation) -> FuzzedAssociation.Course {
        let association = try FuzzedAssociation(role: script.role)
        var looks = 0
        for part in parts {
            if looks == script.moment { association.befall(script.incident) }
            for read in reads(part.count) {
                guard let bytes = bytes.getSlice(at: part.lowerBound + read.lowerBound, length: read.count) else {
                    break
                }
                association.receive(bytes)
            }
            try association.look()
            looks += 1
        }
        if looks <= script.moment { association.befall(script.incident) }
        if script.endsInput { association.endInput() }
        return try association.finish()
    }

    /// The bytes by the PDUs that they claim to be, so many together.
    private static func parts(of bytes: UnsafeRawBufferPointer, _ pduAtOnce: Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var (start, index, count) = (0, 0, 0)
        while index < bytes.count {
            let length = index + 6 <= bytes.count ? bytes[index + 2..<index + 6].reduce(0) { $0 << 8 | Int($1) } : .max
            index += min(bytes.count - index, length == .max ? .max : 6 + length)
            count += 1
            if count >= pduAtOnce || index == bytes.count {
                parts.append(start..<index)
                (start, count) = (index, 0)
            }
        }
        return parts
    }
}
