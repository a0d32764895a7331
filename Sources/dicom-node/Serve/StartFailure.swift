import ApplicationEntities
import ArgumentParser
import Glibc
import NIOCore

/// Why the node cannot start, in words for its operator, and the exit code: 78 (EX_CONFIG) where only another setting
/// helps.
struct StartFailure: CustomStringConvertible {
    let description: String
    let exitCode: ExitCode

    static let configuration = ExitCode(78)

    /// - Parameters:
    ///   - host: The setting that was bound; errors of sockets come from there only.
    init(_ error: any Error, host: String, port: Int) {
        let place = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        switch (error as? CannotListen)?.cause ?? error {
        case is SocketAddressError.UnknownHost:
            description =
                "cannot listen on \(place): no such host is known; "
                + "give --listen-host an address of this machine, or * for every interface"
            exitCode = Self.configuration
        case let error as IOError:
            let (reason, isConfiguration) = Self.reason(error.errnoCode, port: port)
            description = "cannot listen on \(place): \(reason)"
            exitCode = isConfiguration ? Self.configuration : .failure
        default:
            description = "\(error)"
            exitCode = .failure
        }
    }

    private static func reason(_ code: CInt, port: Int) -> (text: String, isConfiguration: Bool) {
        switch code {
        case EADDRINUSE:
            (
                "another program has the port; "
                    + "stop it (`ss -ltnp sport = :\(port)` names it), or give another --listen-port",
                false
            )
        case EACCES:
            (
                "a port below 1024 needs a privilege; "
                    + "give the node CAP_NET_BIND_SERVICE, or a --listen-port from 1024 on",
                false
            )
        case EADDRNOTAVAIL:
            (
                "no interface of this machine has the address; "
                    + "give --listen-host one that `ip address` shows, or * for every interface",
                true
            )
        case EAFNOSUPPORT:
            ("this machine has no IPv6; give --listen-host an address of IPv4, such as 0.0.0.0", true)
        case EMFILE:
            ("the process is out of descriptors; raise its limit (LimitNOFILE=, ulimit -n)", false)
        case ENFILE:
            ("the machine is out of descriptors; raise fs.file-max", false)
        default:
            (String(cString: strerror(code)), false)
        }
    }
}
