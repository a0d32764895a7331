import Glibc
package import NIOCore

/// An IPv4 or IPv6 address.
///
/// An IPv4 address is held as IPv6 holds it (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2), so that a peer is the same
/// whichever socket it has come by.
package struct IPAddress: Hashable, Sendable {
    let bits: UInt128
    /// The interface of a link-local address (RFC 4007 §11), as `eth0`; nil: none is said.
    package let zone: String?

    init(bits: UInt128, zone: String? = nil) {
        self.bits = bits
        self.zone = zone
    }

    /// An address as text: `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`.
    ///
    /// - Returns: nil if it is none: a name, a range, an address in brackets or with a port.
    package init?(_ text: String) {
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let bits = Self.bits(String(address)) else { return nil }
        self.init(bits: bits, zone: parts.count == 2 ? String(parts[1]) : nil)
        if let zone, !isLinkLocal || zone.isEmpty || zone.utf8.contains(0) { return nil }
    }

    /// A peer's address; nil: it has none (a UNIX socket).
    package init?(_ address: SocketAddress) {
        let found: IPAddress? = address.withSockAddr { start, size in
            let bytes = UnsafeRawBufferPointer(start: start, count: size)
            // Where RFC 3493 §3.3 and every Linux have them.
            switch address.protocol {
            case .inet where size >= 8:
                let bits = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                return IPAddress(bits: Self.mapped | UInt128(bits))
            case .inet6 where size >= 28:
                let scope = bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)
                return IPAddress(
                    bits: UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt128.self)),
                    zone: scope == 0 ? nil : Self.interface(scope)
                )
            default: return nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// `::ffff:0:0/96`.
    static let mapped: UInt128 = 0xFFFF_0000_0000

    var isIPv4: Bool { bits >> 32 == Self.mapped >> 32 }
    /// `fe80::/10`.
    private var isLinkLocal: Bool { bits >> 118 == 0xFE80 >> 6 }

    /// As the C library reads it, which takes no leading zeros and no abbreviations of IPv4.
    private static func bits(_ text: String) -> UInt128? {
        // A C string would end at a NUL.
        guard !text.utf8.contains(0) else { return nil }
        var v4: UInt32 = 0
        if inet_pton(AF_INET, text, &v4) == 1 { return mapped | UInt128(UInt32(bigEndian: v4)) }
        var v6: UInt128 = 0
        return inet_pton(AF_INET6, text, &v6) == 1 ? UInt128(bigEndian: v6) : nil
    }

    /// The name of an interface; its number, where it has gone.
    private static func interface(_ index: UInt32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { name in
            guard let start = name.baseAddress, if_indextoname(index, start) != nil else { return "\(index)" }
            return String(cString: start)
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// As RFC 5952 writes it, IPv4 with its four numbers.
    package var description: String {
        if isIPv4 {
            return (0..<4).reversed().map { "\(UInt8(truncatingIfNeeded: bits >> ($0 * 8)))" }.joined(separator: ".")
        }
        var bytes = bits.bigEndian
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            guard let start = text.baseAddress,
                inet_ntop(AF_INET6, &bytes, start, socklen_t(INET6_ADDRSTRLEN)) != nil
            else { return "" }
            return String(cString: start)
        }
        return text + (zone.map { "%\($0)" } ?? "")
    }
}
