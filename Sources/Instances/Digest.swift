import CXXHash
import Crypto

/// What is kept with a file to tell later whether its data set is still the one received.
package enum DigestAlgorithm: String, CaseIterable, Sendable {
    /// 128 bits that find every accident, at memory speed. Not proof against intent.
    case xxh3
    /// Proof against intent too, as far as the attribute itself is; several times the cost.
    case sha256
    /// None.
    case none

    /// The extended attribute that holds it, in hexadecimal digits.
    package var attribute: String {
        switch self {
        case .xxh3: "user.dicom-node.xxh3"
        case .sha256: "user.dicom-node.sha256"
        case .none: "user.dicom-node.none"
        }
    }
}

/// A digest of a data set as it streams, for ``PendingObject/commit(_:as:digest:attributes:)``.
///
/// Kept apart from the store, because the bytes are in the processor's caches when they arrive, and no longer when a
/// batch of them is written. A copy may go on where the first one stopped, but not both.
package struct Digest: Sendable {
    private enum State: Sendable {
        case none
        case xxh3(XXH3)
        case sha256(SHA256)
    }

    package let algorithm: DigestAlgorithm
    private var state: State

    package init(_ algorithm: DigestAlgorithm) {
        self.algorithm = algorithm
        state =
            switch algorithm {
            case .none: .none
            case .xxh3: .xxh3(XXH3())
            case .sha256: .sha256(SHA256())
            }
    }

    /// Takes the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .none: break
        case .xxh3(let hash): hash.update(bytes)
        case .sha256(var hash):
            state = .none  // so that the copy is the only one, and is changed in place
            hash.update(bufferPointer: bytes)
            state = .sha256(hash)
        }
    }

    /// In capital hexadecimal digits; nil without an algorithm.
    package func value() -> String? {
        switch state {
        case .none: nil
        case .xxh3(let hash): hash.value()
        case .sha256(let hash): Hexadecimal.text(hash.finalize())
        }
    }
}

/// The library's state, on its heap.
///
/// The address is kept as a number, which may cross threads as a pointer may not. That is sound because the
/// references are those of a `Digest` and its copies, of which one thread uses one at a time.
private final class XXH3: Sendable {
    /// 0 where memory is at its end: then there is no digest.
    private let address: UInt
    private var state: OpaquePointer? { OpaquePointer(bitPattern: address) }

    init() {
        let state = XXH3_createState()
        if let state { XXH3_128bits_reset(state) }
        address = UInt(bitPattern: state)
    }

    deinit { XXH3_freeState(state) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let state else { return }
        cxxhash_update(state, bytes.baseAddress, bytes.count)
    }

    func value() -> String? {
        guard let state else { return nil }
        var canonical = XXH128_canonical_t()
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state))
        return withUnsafeBytes(of: canonical) { Hexadecimal.text($0) }
    }
}
