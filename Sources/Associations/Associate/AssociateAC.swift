/// A-ASSOCIATE-AC: the acceptance of an association (PS3.8 Table 9-17).
package struct AssociateAC: Equatable, Sendable {
    /// As in ``AssociateRQ``.
    package var protocolVersion: UInt16
    /// The request's field, returned as it was sent; not tested by the requestor.
    package var calledAETitle: AETitle
    /// The request's field, returned as it was sent; not tested by the requestor.
    package var callingAETitle: AETitle
    /// The application context; an empty UID if the item was missing.
    package var applicationContextName: UID
    /// One answer for each proposed context.
    package var presentationContexts: [AnsweredPresentationContext]
    /// The user information; all empty if the item was missing.
    package var userInformation: UserInformation

    package init(
        protocolVersion: UInt16 = 1,
        calledAETitle: AETitle,
        callingAETitle: AETitle,
        applicationContextName: UID = .dicomApplicationContext,
        presentationContexts: [AnsweredPresentationContext],
        userInformation: UserInformation
    ) {
        self.protocolVersion = protocolVersion
        self.calledAETitle = calledAETitle
        self.callingAETitle = callingAETitle
        self.applicationContextName = applicationContextName
        self.presentationContexts = presentationContexts
        self.userInformation = userInformation
    }
}

/// The answer to one presentation context (PS3.8 Table 9-18).
package struct AnsweredPresentationContext: Equatable, Sendable {
    /// The proposed id.
    package var id: UInt8
    /// Acceptance, or why not.
    package var result: PresentationContextResult
    /// The transfer syntax chosen. Without meaning in a refusal, but always encoded: some requestors want it there.
    /// An empty UID if the sub-item was missing.
    package var transferSyntax: UID

    package init(id: UInt8, result: PresentationContextResult, transferSyntax: UID) {
        self.id = id
        self.result = result
        self.transferSyntax = transferSyntax
    }
}

/// The result/reason field of an answered context (PS3.8 Table 9-18).
package struct PresentationContextResult: RawRepresentable, Hashable, Sendable {
    /// The byte sent.
    package var rawValue: UInt8

    /// Any value decodes; all but ``acceptance`` are refusals.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// 0: accepted.
    package static let acceptance = Self(rawValue: 0)
    /// 1: user-rejection.
    package static let userRejection = Self(rawValue: 1)
    /// 2: no-reason, the provider's rejection.
    package static let noReason = Self(rawValue: 2)
    /// 3: abstract-syntax-not-supported.
    package static let abstractSyntaxNotSupported = Self(rawValue: 3)
    /// 4: transfer-syntaxes-not-supported.
    package static let transferSyntaxesNotSupported = Self(rawValue: 4)
}

extension PresentationContextResult: CustomStringConvertible {
    package var description: String {
        switch self {
        case .acceptance: "accepted"
        case .userRejection: "user rejection"
        case .noReason: "no reason given"
        case .abstractSyntaxNotSupported: "abstract syntax not supported"
        case .transferSyntaxesNotSupported: "transfer syntaxes not supported"
        default: "reserved result \(rawValue)"
        }
    }
}
