import Synchronization

/// Which SOP Instance UIDs may have a row: a Bloom filter, so that the database need not be asked about an instance
/// that is new, as nearly all are.
///
/// Twelve bits and five probes for each: one of two hundred others is taken for known while it is not fuller than it is
/// made for. A UID is never taken out.
///
/// *Resources*: 1.5 bytes for each UID it is made for, at most `IndexLimits.filterBytes`. Any thread may call.
final class UIDFilter: Sendable {
    /// It is made for so many.
    let capacity: Int
    private let bits: Mutex<[UInt64]>
    private let count = Atomic(0)

    private static let bitsForEach = 12
    private static let probes: UInt64 = 5

    init(capacity: Int) {
        let capacity = min(max(capacity, 1 << 16), IndexLimits.filterBytes * 8 / Self.bitsForEach)
        self.capacity = capacity
        bits = Mutex(Array(repeating: 0, count: capacity * Self.bitsForEach / 64 + 1))
    }

    /// It has as many as it is made for, and could be larger.
    var isFull: Bool {
        count.load(ordering: .relaxed) > capacity && capacity < IndexLimits.filterBytes * 8 / Self.bitsForEach
    }

    func insert(_ uid: String) {
        let (first, second) = Self.hash(uid)
        bits.withLock { bits in
            let size = UInt64(bits.count * 64)
            for probe in 0..<Self.probes {
                let bit = (first &+ probe &* second) % size
                bits[Int(bit / 64)] |= 1 &<< (bit % 64)
            }
        }
        count.wrappingAdd(1, ordering: .relaxed)
    }

    func mayContain(_ uid: String) -> Bool {
        let (first, second) = Self.hash(uid)
        return bits.withLock { bits in
            let size = UInt64(bits.count * 64)
            return (0..<Self.probes).allSatisfy { probe in
                let bit = (first &+ probe &* second) % size
                return bits[Int(bit / 64)] & 1 &<< (bit % 64) != 0
            }
        }
    }

    /// Two hashes, of which the others are made. The keys are those of the process, so no peer can choose collisions.
    private static func hash(_ uid: String) -> (UInt64, UInt64) {
        var hasher = Hasher()
        hasher.combine(uid)
        let hash = UInt64(bitPattern: Int64(hasher.finalize()))
        return (hash, (hash &>> 32 | hash &<< 32) | 1)
    }
}
