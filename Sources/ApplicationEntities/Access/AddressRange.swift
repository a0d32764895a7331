/// Addresses of peers as an operator writes them: one, or all that begin with the same bits (CIDR, RFC 4632 and RFC
/// 4291 §2.3).
package struct AddressRange: Hashable, Sendable {
    /// The lowest address.
    private let first: IPAddress
    /// Bits that all have in common, of 128.
    private let prefix: Int

    /// `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, `fe80::1%eth0`, `fe80::/10%eth0`.
    ///
    /// *Errors*: what is wrong with the text, and what is expected.
    package init(_ text: String) throws(InvalidAddressRange) {
        func invalid(_ reason: String) -> InvalidAddressRange { InvalidAddressRange(text: text, reason: reason) }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let suffix =
            parts.count == 2 ? parts[1].split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false) : []
        let zone = suffix.count == 2 ? "%\(suffix[1])" : ""
        guard let first = parts.first, let address = IPAddress(first + zone) else {
            throw invalid("is no address: \(Self.expected)")
        }
        guard let length = suffix.first else {
            self.first = address
            prefix = 128
            return
        }
        // An IPv4 address may be written as IPv6 holds it.
        let width = first.contains(":") ? 128 : 32
        let bounds = (address.isIPv4 ? width - 32 : 0)...width
        guard let bits = Self.number(length), bounds.contains(bits) else {
            throw invalid("has a prefix that is no number from \(bounds.lowerBound) to \(width)")
        }
        prefix = 128 - width + bits
        self.first = IPAddress(bits: address.bits & Self.mask(prefix), zone: address.zone)
        if self.first != address {
            throw invalid("has bits behind its prefix: \(self.first.inFrontOfZone("/\(bits)")) is the range")
        }
    }

    /// The forms, for messages.
    package static let expected = "an IPv4 or IPv6 address such as 192.0.2.1, or a range such as 192.0.2.0/24"

    /// The address, if it is only one.
    package var onlyAddress: IPAddress? { prefix == 128 ? first : nil }

    /// Whether an address is one of them. IPv4 addresses are in ranges of IPv4 only, whichever socket they come by;
    /// without a zone in the range any zone will do.
    package func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == first.isIPv4
            && address.bits & Self.mask(prefix) == first.bits
            && (first.zone == nil || first.zone == address.zone)
    }

    private static func mask(_ prefix: Int) -> UInt128 { prefix == 0 ? 0 : UInt128.max << (128 - prefix) }

    /// One to three digits, so that `+8` and `08` are none.
    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            text.utf8.count == 1 || text.utf8.first != 0x30
        else { return nil }
        return Int(text)
    }
}

extension AddressRange: CustomStringConvertible {
    /// As it can be written in a configuration.
    package var description: String {
        prefix == 128 ? "\(first)" : first.inFrontOfZone("/\(first.isIPv4 ? prefix - 96 : prefix)")
    }
}

extension IPAddress {
    /// The address with something between it and its zone.
    fileprivate func inFrontOfZone(_ suffix: String) -> String {
        "\(IPAddress(bits: bits))\(suffix)\(zone.map { "%\($0)" } ?? "")"
    }
}

/// A text that is no ``AddressRange``.
package struct InvalidAddressRange: Error, Equatable, CustomStringConvertible {
    package let text: String
    /// What is wrong, as the end of a sentence that begins with the text.
    package let reason: String

    package var description: String { "\(text) \(reason)" }
}
