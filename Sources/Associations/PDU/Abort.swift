/// A-ABORT (PS3.8 Table 9-26). Any pair of bytes decodes: peers send reserved sources.
package struct Abort: Hashable, Sendable, CustomStringConvertible {
    /// Which side of the service boundary aborts.
    package var source: Source
    /// Significant only if the service-provider aborts; else sent as 0.
    package var reason: UInt8

    package init(source: Source, reason: UInt8) {
        self.source = source
        self.reason = reason
    }

    /// Our service-user's abort: (0,0).
    package static let serviceUser = Abort(source: .serviceUser, reason: 0)

    /// Our service-provider's abort: (2, reason).
    package static func serviceProvider(_ reason: ProviderAbortReason) -> Abort {
        Abort(source: .serviceProvider, reason: reason.rawValue)
    }

    /// The source field.
    package struct Source: RawRepresentable, Hashable, Sendable {
        /// The byte sent.
        package var rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// 0: DICOM UL service-user.
        package static let serviceUser = Self(rawValue: 0)
        /// 1: reserved.
        package static let reserved = Self(rawValue: 1)
        /// 2: DICOM UL service-provider.
        package static let serviceProvider = Self(rawValue: 2)
    }

    package var description: String {
        let by =
            switch source {
            case .serviceUser: "service-user"
            case .serviceProvider:
                "service-provider, \(ProviderAbortReason(rawValue: reason)?.description ?? "reserved reason")"
            default: "reserved source"
            }
        return "\(by) (\(source.rawValue),\(reason))"
    }
}

/// Why a service-provider aborts (PS3.8 Table 9-26).
package enum ProviderAbortReason: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// reason-not-specified
    case notSpecified = 0
    /// unrecognized-PDU
    case unrecognizedPDU = 1
    /// unexpected-PDU
    case unexpectedPDU = 2
    /// unrecognized-PDU parameter
    case unrecognizedPDUParameter = 4
    /// unexpected-PDU parameter
    case unexpectedPDUParameter = 5
    /// invalid-PDU-parameter value
    case invalidPDUParameterValue = 6

    package var description: String {
        switch self {
        case .notSpecified: "reason-not-specified"
        case .unrecognizedPDU: "unrecognized-PDU"
        case .unexpectedPDU: "unexpected-PDU"
        case .unrecognizedPDUParameter: "unrecognized-PDU parameter"
        case .unexpectedPDUParameter: "unexpected-PDU parameter"
        case .invalidPDUParameterValue: "invalid-PDU-parameter value"
        }
    }
}
