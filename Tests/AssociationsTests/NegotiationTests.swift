import Associations
import Testing

/// The acceptor's answer to a request, one rule at a time.
@Suite struct NegotiationTests {
    static let ct = Sample.ctImageStorage
    static let implicit = UID.implicitVRLittleEndian
    static let explicit = UID.explicitVRLittleEndian
    static let big = UID.explicitVRBigEndian
    static let jpeg: UID = "1.2.840.10008.1.2.4.70"
    static let tooLong = UID(String(repeating: "1", count: 65))

    /// Verification, and storage with extended negotiation.
    static func terms(_ abstractSyntax: UID) -> ContextTerms? {
        if abstractSyntax == SOPClasses.verification { return ContextTerms() }
        guard SOPClasses.isStorage(abstractSyntax, unknownSOPClasses: true) else { return nil }
        return ContextTerms(serviceClassApplicationInformation: [2, 0, 3, 0, 0, 0])
    }

    static func policy(operations: UInt16 = 16) -> NegotiationPolicy {
        NegotiationPolicy(
            maximumLengthReceived: 262_144,
            implementationClassUID: "1.2.3.4",
            implementationVersionName: "NODE",
            operations: operations,
            terms: terms
        )
    }

    private func accepted(_ request: AssociateRQ, _ policy: NegotiationPolicy = policy()) throws
        -> (answer: AssociateAC, negotiated: Negotiated)
    {
        guard case .accept(let answer, let negotiated) = policy.answer(request) else {
            throw PDUEncodingError("rejected")
        }
        return (answer, negotiated)
    }

    private func context(_ id: UInt8, _ abstractSyntax: UID, _ transferSyntaxes: [UID]) -> ProposedPresentationContext {
        ProposedPresentationContext(id: id, abstractSyntax: abstractSyntax, transferSyntaxes: transferSyntaxes)
    }

    // MARK: Presentation contexts

    static let choices: [([UID], UID)] = [
        ([implicit], implicit), ([explicit], explicit), ([big], big), ([jpeg], jpeg), (["1.2.3"], "1.2.3"),
        ([implicit, explicit], explicit), ([big, explicit], explicit), ([big, implicit, explicit], explicit),
        ([implicit, big], implicit), ([big, implicit], big), ([jpeg, explicit], jpeg), ([implicit, jpeg], implicit),
        ([implicit, jpeg, explicit], explicit), (["", jpeg], jpeg), ([implicit, implicit, explicit], explicit),
    ]

    @Test(
        "the first transfer syntax listed, but explicit little endian before implicit and big endian",
        arguments: choices
    )
    func transferSyntax(proposed: [UID], chosen: UID) throws {
        let (answer, negotiated) = try accepted(Sample.request([context(1, Self.ct, proposed)]))
        #expect(answer.presentationContexts == [.init(id: 1, result: .acceptance, transferSyntax: chosen)])
        #expect(
            negotiated.contexts == [1: AcceptedContext(id: 1, abstractSyntax: Self.ct, transferSyntax: chosen)]
        )
    }

    @Test("one answer for each id, in order, whatever it is: quirk 9")
    func ids() throws {
        let proposed = [
            context(255, Self.ct, [Self.implicit]), context(0, Self.ct, [Self.jpeg]),
            context(2, Self.ct, [Self.explicit]),
            context(0, SOPClasses.verification, [Self.explicit]), context(1, SOPClasses.verification, [Self.implicit]),
        ]
        let (answer, negotiated) = try accepted(Sample.request(proposed))
        #expect(answer.presentationContexts.map(\.id) == [255, 0, 2, 1])
        #expect(negotiated.contexts.count == 4)
        #expect(negotiated.contexts[0]?.abstractSyntax == Self.ct, "of contexts with one id the first counts")
        #expect(negotiated.contexts[0]?.transferSyntax == Self.jpeg)
    }

    @Test("up to 128 are answered: quirk 10")
    func manyContexts() throws {
        let proposed = (0...255).map { context(UInt8($0), Self.ct, [Self.implicit]) }
        let (answer, negotiated) = try accepted(Sample.request(proposed + proposed))
        #expect(answer.presentationContexts.map(\.id) == (0..<128).map { UInt8($0) })
        #expect(negotiated.contexts.count == 128)
    }

    @Test(
        "a refused context has its result, and always a transfer syntax: quirk 11",
        arguments: [
            ("1.2.840.10008.5.1.4.31", [implicit], .abstractSyntaxNotSupported, implicit),
            ("1.2.840.10008.5.1.4.1.2.2.1", [explicit, jpeg], .abstractSyntaxNotSupported, explicit),
            ("1.2.840.10008.5.1.4.31", [], .abstractSyntaxNotSupported, implicit),
            ("", [explicit], .abstractSyntaxNotSupported, explicit),
            (ct, [], .transferSyntaxesNotSupported, implicit), (ct, [""], .transferSyntaxesNotSupported, implicit),
            (ct, [tooLong], .transferSyntaxesNotSupported, implicit),
            (tooLong, [explicit], .abstractSyntaxNotSupported, explicit),
        ] as [(UID, [UID], PresentationContextResult, UID)]
    )
    func refusal(abstractSyntax: UID, proposed: [UID], result: PresentationContextResult, shown: UID) throws {
        let (answer, negotiated) = try accepted(Sample.request([context(7, abstractSyntax, proposed)]))
        #expect(answer.presentationContexts == [.init(id: 7, result: result, transferSyntax: shown)])
        #expect(negotiated.contexts.isEmpty, "an association without any context is still one")
    }

    @Test("UIDs are compared without padding and echoed with it: quirk 1, 2")
    func padding() throws {
        let proposed = [
            context(1, UID(asSent: "1.2.840.10008.1.1\0".utf8), [UID(asSent: "1.2.840.10008.1.2 ".utf8)]),
            context(3, Self.ct, [UID(asSent: "1.2.840.10008.1.2\0".utf8), UID(asSent: "1.2.840.10008.1.2.1\0".utf8)]),
        ]
        let (answer, negotiated) = try accepted(Sample.request(proposed))
        #expect(answer.presentationContexts.map(\.result) == [.acceptance, .acceptance])
        #expect(answer.presentationContexts[0].transferSyntax.asSent == Array("1.2.840.10008.1.2 ".utf8))
        #expect(answer.presentationContexts[1].transferSyntax.asSent == Array("1.2.840.10008.1.2.1\0".utf8))
        #expect(negotiated.contexts[3]?.transferSyntax == Self.explicit)
    }

    // MARK: Rejection

    @Test("an application context that is not DICOM's is rejected by the service-user", arguments: ["1.2.3", ""])
    func applicationContext(name: String) {
        var request = Sample.request
        request.applicationContextName = UID(name)
        #expect(Self.policy().answer(request) == .reject(.applicationContextNameNotSupported))
    }

    @Test(
        "reasons and their numbers: PS3.8 Table 9-21",
        arguments: [
            (AssociateRJ.noReasonGiven, [1, 1, 1]), (.applicationContextNameNotSupported, [1, 1, 2]),
            (.callingAETitleNotRecognized, [1, 1, 3]), (.calledAETitleNotRecognized, [1, 1, 7]),
            (.noReasonGivenByProvider, [1, 2, 1]), (.protocolVersionNotSupported, [1, 2, 2]),
            (.temporaryCongestion, [2, 3, 1]), (.localLimitExceeded, [2, 3, 2]),
        ] as [(AssociateRJ, [UInt8])]
    )
    func reasons(rejection: AssociateRJ, numbers: [UInt8]) {
        #expect([rejection.result.rawValue, rejection.source.rawValue, rejection.reason] == numbers)
        #expect(rejection.description.hasSuffix("(\(numbers[0]),\(numbers[1]),\(numbers[2]))"))
        #expect(!rejection.description.hasPrefix("reserved"))
    }

    @Test("titles are echoed as they were sent, whatever they are", arguments: ["  DICOMNODE\0\r\n", "", "\0"])
    func titles(title: String) throws {
        var request = Sample.request
        request.calledAETitle = AETitle(asSent: title.utf8)
        request.callingAETitle = AETitle(asSent: title.utf8)
        let (answer, _) = try accepted(request)
        #expect(answer.calledAETitle.asSent == request.calledAETitle.asSent)
        #expect(answer.callingAETitle.asSent == request.callingAETitle.asSent)
    }

    @Test("of the transfer syntaxes that are taken the first one listed, else result 4")
    func transferSyntaxesTaken() throws {
        var policy = Self.policy()
        policy.terms = { _ in ContextTerms(transferSyntaxes: [Self.implicit, Self.jpeg]) }
        let proposed = [
            context(1, Self.ct, [Self.big, Self.explicit, Self.jpeg]),
            context(3, Self.ct, [Self.implicit, Self.explicit]),
            context(5, Self.ct, [Self.explicit]),
        ]
        let answer = try accepted(Sample.request(proposed), policy).answer
        #expect(
            answer.presentationContexts == [
                .init(id: 1, result: .acceptance, transferSyntax: Self.jpeg),
                .init(id: 3, result: .acceptance, transferSyntax: Self.implicit),
                .init(id: 5, result: .transferSyntaxesNotSupported, transferSyntax: Self.explicit),
            ]
        )
    }

    @Test("a request that proposes nothing is rejected, not left alone: hostile 10")
    func nothingProposed() {
        #expect(Self.policy().answer(Sample.request([])) == .reject(.noReasonGiven))
    }

    @Test(
        "only bit 0 of the protocol version counts: quirk 17",
        arguments: [
            (1, true), (0x8003, true), (0xFFFF, true), (0, false), (2, false), (0xFFFE, false),
        ] as [(UInt16, Bool)]
    )
    func protocolVersion(version: UInt16, isSupported: Bool) {
        var request = Sample.request
        request.protocolVersion = version
        #expect(
            NegotiationPolicy.providerRejection(of: request) == (isSupported ? nil : .protocolVersionNotSupported)
        )
    }
}
