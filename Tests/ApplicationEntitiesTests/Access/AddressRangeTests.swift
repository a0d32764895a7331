import NIOCore
import TestSupport
import Testing

@testable import ApplicationEntities

/// Addresses and ranges as operators write them and as the kernel gives them.
@Suite struct AddressRangeTests {
    @Test(
        "a range contains what begins with its bits, and nothing of the other family",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("::ffff:192.0.2.1", "192.0.2.1", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true),
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/31", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.2", false), ("10.0.0.7/32", "10.0.0.7", true),
            ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true), ("::/0", "192.0.2.1", false), ("::/64", "::1", true),
            ("::/64", "192.0.2.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
            ("2001:db8::8/127", "2001:db8::9", true), ("2001:db8::8/127", "2001:db8::a", false),
            ("fe80::1", "fe80::1%eth0", true), ("fe80::1%eth0", "fe80::1%eth0", true),
            ("fe80::1%eth0", "fe80::1%eth1", false), ("fe80::1%eth0", "fe80::1", false),
            ("fe80::/10%eth0", "fe80::2%eth0", true), ("fe80::/10%eth0", "fe80::2%eth1", false),
        ]
    )
    func contains(range: String, address: String, isIn: Bool) throws {
        #expect(try AddressRange(range).contains(#require(IPAddress(address))) == isIn)
    }

    @Test(
        "what is no range is refused with its reason",
        arguments: [
            ("", "is no address"), ("ct1.example.org", "is no address"), ("10.0.0", "is no address"),
            ("010.0.0.1", "is no address"), ("10.0.0.1 ", "is no address"), ("[::1]", "is no address"),
            ("10.0.0.1:104", "is no address"), ("10.0.0.1\0", "is no address"), ("::1%eth0", "is no address"),
            ("fe80::1%", "is no address"), ("10.0.0.1%eth0", "is no address"), ("*", "is no address"),
            ("/8", "is no address"),
            ("10.0.0.0/", "has a prefix that is no number from 0 to 32"), ("10.0.0.0/33", "from 0 to 32"),
            ("10.0.0.0/+8", "from 0 to 32"), ("10.0.0.0/08", "from 0 to 32"), ("10.0.0.0/-1", "from 0 to 32"),
            ("::ffff:10.0.0.0/95", "from 96 to 128"),
            ("10.0.0.0/255.0.0.0", "from 0 to 32"), ("::/129", "from 0 to 128"), ("::/8/8", "from 0 to 128"),
            ("::/99999999999999999999", "from 0 to 128"),
            ("10.0.0.1/8", "has bits behind its prefix: 10.0.0.0/8 is the range"),
            ("2001:db8::1/64", "2001:db8::/64 is the range"), ("fe80::1/10%eth0", "fe80::/10%eth0 is the range"),
        ]
    )
    func invalid(text: String, reason: String) {
        #expect { try AddressRange(text) } throws: { error in
            (error as? InvalidAddressRange)?.reason.contains(reason) == true
        }
    }

    @Test(
        "an address is written as it is read",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("::", "::"),
            ("2001:0DB8:0:0::1", "2001:db8::1"), ("fe80::1%eth0", "fe80::1%eth0"), ("::192.0.2.1", "::192.0.2.1"),
        ]
    )
    func text(text: String, expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test("the kernel's addresses are the same as those that are written")
    func sockets() throws {
        for text in ["192.0.2.1", "255.0.0.1", "2001:db8::1", "::1"] {
            let address = try SocketAddress(ipAddress: text, port: 104)
            #expect(IPAddress(address) == IPAddress(text))
        }
        let mapped = try SocketAddress(ipAddress: "::ffff:192.0.2.1", port: 104)
        #expect(IPAddress(mapped) == IPAddress("192.0.2.1"))
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "/s")) == nil)
        // Every Linux has an interface of this number, and its name.
        let scoped = try SocketAddress.makeAddressResolvingHost("fe80::1%lo", port: 104)
        #expect(IPAddress(scoped) == IPAddress("fe80::1%lo"))
        #expect(IPAddress(scoped) != IPAddress("fe80::1"))
    }

    @Test(
        "any address is read back, is in every range that it makes, and in none that differs in a bit of the prefix",
        arguments: SeededGenerator.seeds(20)
    )
    func property(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let isIPv4 = Bool.random(using: &random)
            // Of all lengths, so that `::` appears in the middle, at the ends and nowhere.
            let bits = UInt128.random(in: .min ... .max, using: &random) >> UInt128.random(in: 0...127, using: &random)
            let address = IPAddress(bits: isIPv4 ? IPAddress.mapped | bits & 0xFFFF_FFFF : bits)
            #expect(IPAddress("\(address)") == address)
            let width = address.isIPv4 ? 32 : 128
            let prefix = Int.random(in: 0...width, using: &random)
            let mask: UInt128 = prefix == 0 ? 0 : UInt128.max << (width - prefix)
            let lowest = IPAddress(bits: address.bits & (address.isIPv4 ? mask | IPAddress.mapped : mask))
            guard lowest.isIPv4 == address.isIPv4 else { continue }
            let range = try AddressRange("\(lowest)/\(prefix)")
            #expect(range.contains(address), "\(address) in \(range)")
            #expect(try AddressRange("\(range)") == range)
            guard prefix > 0 else { continue }
            let flipped = IPAddress(
                bits: address.bits ^ (1 << (width - 1 - Int.random(in: 0..<prefix, using: &random)))
            )
            #expect(!range.contains(flipped), "\(flipped) in \(range)")
        }
    }

    @Test(
        "text made of what addresses are made of is refused, or a range that is written as it is read",
        arguments: SeededGenerator.seeds(20)
    )
    func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "0", "1", "255", "256", ":", "::", ".", "/", "%", "f", "FFFF", "fe80", "eth0", "-", "+", " ", "\0", "é",
            "128", "[", "]",
        ]
        var ranges = 0
        for _ in 0..<1_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard let range = try? AddressRange(text) else { continue }
            ranges += 1
            // What was taken is written so that it is taken again, for the same addresses.
            #expect((try? AddressRange("\(range)")) == range, "\(text)")
        }
        #expect(ranges > 0, "the pieces make no range at all")
    }
}
