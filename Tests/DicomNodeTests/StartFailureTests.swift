import ApplicationEntities
import ArgumentParser
import Glibc
import NIOCore
import Testing

@testable import dicom_node

@Suite("Why the node cannot start")
struct StartFailureTests {
    @Test(
        "an address that cannot be bound is named with its cure; only what another setting alone can mend is 78",
        arguments: [
            (EADDRINUSE, 1, "another program has the port"), (EACCES, 1, "CAP_NET_BIND_SERVICE"),
            (EADDRNOTAVAIL, 78, "no interface of this machine has the address"), (EAFNOSUPPORT, 78, "no IPv6"),
            (EMFILE, 1, "LimitNOFILE="), (ENFILE, 1, "fs.file-max"), (ENETDOWN, 1, "down"),
        ]
    )
    func bind(code: CInt, exitCode: Int32, hint: String) {
        let cause = IOError(errnoCode: code, reason: "bind(descriptor:ptr:bytes:)")
        let failure = StartFailure(CannotListen(.init(host: "::1", port: 104), cause: cause))
        #expect(failure.description.hasPrefix("cannot listen on [::1]:104: "))
        #expect(failure.description.contains(hint))
        #expect(!failure.description.contains("descriptor:"))
        #expect(failure.exitCode.rawValue == exitCode)
    }

    @Test("a host that has no address is a wrong setting")
    func unknownHost() {
        // Longer than a name may be (RFC 1035 §2.3.4), so that no server is asked for it.
        let host = String(repeating: "x", count: 300)
        let error = #expect(throws: (any Error).self) { try SocketAddress.makeAddressResolvingHost(host, port: 1) }
        guard let error else { return }
        let failure = StartFailure(CannotListen(.init(host: host, port: 1, isSecure: true), cause: error))
        #expect(failure.description.contains("cannot listen on \(host):1: no such host is known"))
        #expect(failure.description.contains("give tls.host (--tls-host) an address"))
        #expect(failure.exitCode.rawValue == 78)
    }
}
