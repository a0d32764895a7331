import Glibc
import NIOSSL

/// What is odd about a file of ``TLSSettings`` and is no fault: for the log.
package struct TLSRemark: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    /// A certificate that expires within this many days is remarked on.
    static let expiryDays = 30

    static func readableByAll(_ path: String) -> TLSRemark {
        TLSRemark(description: "every user of this machine may read the private key \(path): chmod 600")
    }

    /// What the dates of a certificate mean for its peers, if not all is well.
    ///
    /// - Parameter now: Seconds since 1970.
    static func expiry(of certificate: NIOSSLCertificate, _ path: String, now: Int) -> TLSRemark? {
        let (from, to) = (certificate.notValidBefore, certificate.notValidAfter)
        if now > to {
            return TLSRemark(
                description: "the certificate \(path) expired on \(date(to)), and peers refuse it: renew it and reload"
            )
        }
        if now < from {
            return TLSRemark(
                description: "the certificate \(path) is valid from \(date(from)) on, and peers refuse it until then: "
                    + "look at this machine's clock, or wait"
            )
        }
        let days = (to - now) / 86_400
        guard days < expiryDays else { return nil }
        return TLSRemark(
            description: "the certificate \(path) expires on \(date(to)), in \(days) days: renew it and reload"
        )
    }

    /// A day in UTC, ISO 8601.
    static func date(_ time: Int) -> String {
        var (time, parts) = (time, tm())
        gmtime_r(&time, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
