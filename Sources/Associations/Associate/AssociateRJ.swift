/// A-ASSOCIATE-RJ: the rejection of an association (PS3.8 Table 9-21).
package struct AssociateRJ: Hashable, Sendable, CustomStringConvertible {
    /// Whether it makes sense to ask again.
    package var result: Result
    /// Which part of the acceptor rejected; it gives ``reason`` its meaning.
    package var source: Source
    /// The reason/diagnostic.
    package var reason: UInt8

    package init(result: Result, source: Source, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    /// The result field. Any value decodes.
    package struct Result: RawRepresentable, Hashable, Sendable {
        /// The byte sent.
        package var rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// 1: rejected-permanent.
        package static let rejectedPermanent = Self(rawValue: 1)
        /// 2: rejected-transient.
        package static let rejectedTransient = Self(rawValue: 2)
    }

    /// The source field. Any value decodes.
    package struct Source: RawRepresentable, Hashable, Sendable {
        /// The byte sent.
        package var rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// 1: DICOM UL service-user.
        package static let serviceUser = Self(rawValue: 1)
        /// 2: DICOM UL service-provider (ACSE related function).
        package static let serviceProviderACSE = Self(rawValue: 2)
        /// 3: DICOM UL service-provider (Presentation related function).
        package static let serviceProviderPresentation = Self(rawValue: 3)
    }

    package var description: String {
        "\(meaning) (\(result.rawValue),\(source.rawValue),\(reason))"
    }
}

// PS3.8 Table 9-21. Transient where asking again later may help, permanent where it will not.
extension AssociateRJ {
    /// (1,1,1): no reason given, by the service-user.
    package static let noReasonGiven = Self(result: .rejectedPermanent, source: .serviceUser, reason: 1)
    /// (1,1,2): the application context is not DICOM's.
    package static let applicationContextNameNotSupported =
        Self(result: .rejectedPermanent, source: .serviceUser, reason: 2)
    /// (1,1,3): the calling AE title is not recognized.
    package static let callingAETitleNotRecognized = Self(result: .rejectedPermanent, source: .serviceUser, reason: 3)
    /// (1,1,7): the called AE title is not recognized.
    package static let calledAETitleNotRecognized = Self(result: .rejectedPermanent, source: .serviceUser, reason: 7)
    /// (1,2,1): no reason given, by the service-provider.
    package static let noReasonGivenByProvider =
        Self(result: .rejectedPermanent, source: .serviceProviderACSE, reason: 1)
    /// (1,2,2): bit 0 of the protocol version is not set.
    package static let protocolVersionNotSupported =
        Self(result: .rejectedPermanent, source: .serviceProviderACSE, reason: 2)
    /// (2,3,1): too busy now.
    package static let temporaryCongestion =
        Self(result: .rejectedTransient, source: .serviceProviderPresentation, reason: 1)
    /// (2,3,2): as many associations as are allowed.
    package static let localLimitExceeded =
        Self(result: .rejectedTransient, source: .serviceProviderPresentation, reason: 2)

    /// The standard's words for source and reason.
    private var meaning: String {
        switch (source.rawValue, reason) {
        case (1, 1), (2, 1): "no-reason-given"
        case (1, 2): "application-context-name-not-supported"
        case (1, 3): "calling-AE-title-not-recognized"
        case (1, 7): "called-AE-title-not-recognized"
        case (2, 2): "protocol-version-not-supported"
        case (3, 1): "temporary-congestion"
        case (3, 2): "local-limit-exceeded"
        default: "reserved"
        }
    }
}
