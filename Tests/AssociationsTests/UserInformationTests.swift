import Associations
import Testing

/// The acceptor's user information, item by item, and what both sides make of it.
@Suite struct UserInformationTests {
    private let ct = Sample.ctImageStorage

    private func accepted(_ userInformation: UserInformation, operations: UInt16 = 16, abstractSyntax: UID? = nil)
        throws
        -> (answer: AssociateAC, negotiated: Negotiated)
    {
        let request = Sample.request(
            [.init(id: 1, abstractSyntax: abstractSyntax ?? ct, transferSyntaxes: [.implicitVRLittleEndian])],
            userInformation
        )
        guard case .accept(let answer, let negotiated) = NegotiationTests.policy(operations: operations).answer(request)
        else { throw PDUEncodingError("rejected") }
        return (answer, negotiated)
    }

    @Test("what was not proposed is not answered; ours always is")
    func nothingProposed() throws {
        let (answer, negotiated) = try accepted(UserInformation())
        #expect(
            answer.userInformation
                == UserInformation(
                    maximumLengthReceived: 262_144,
                    implementationClassUID: "1.2.3.4",
                    implementationVersionName: "NODE"
                )
        )
        #expect(
            negotiated
                == Negotiated(
                    contexts: [1: .init(id: 1, abstractSyntax: ct, transferSyntax: .implicitVRLittleEndian)],
                    peerMaximumLength: nil,
                    operationsInvoked: 1,
                    windowNegotiated: false,
                    callingAETitle: Sample.calling,
                    calledAETitle: Sample.called
                )
        )
    }

    @Test(
        "0 and missing are unlimited: quirk 13, 14",
        arguments: [
            (nil, nil), (0, nil), (1, 1), (16384, 16384), (.max, 4_294_967_295),
        ] as [(UInt32?, Int?)]
    )
    func maximumLength(sent: UInt32?, expected: Int?) throws {
        let (_, negotiated) = try accepted(
            UserInformation(
                maximumLengthReceived: sent,
                implementationClassUID: "1.9",
                implementationVersionName: "SCANNER"
            )
        )
        #expect(negotiated.peerMaximumLength == expected)
        #expect(negotiated.peerImplementationClassUID == "1.9")
        #expect(negotiated.peerImplementationVersionName == "SCANNER")
    }

    @Test(
        "the smaller window, 0 being the largest",
        arguments: [
            (8, 16, 8), (16, 8, 8), (0, 16, 16), (8, 0, 8), (0, 0, 0), (1, 1, 1),
        ] as [(UInt16, UInt16, UInt16)]
    )
    func asynchronousOperationsWindow(proposed: UInt16, ours: UInt16, expected: UInt16) throws {
        let (answer, negotiated) = try accepted(
            UserInformation(asynchronousOperationsWindow: .init(invoked: proposed, performed: 5)),
            operations: ours
        )
        #expect(
            answer.userInformation.asynchronousOperationsWindow == .init(invoked: expected, performed: 1)
        )
        #expect(negotiated.windowNegotiated)
        #expect(negotiated.operationsInvoked == (expected == 0 ? .max : Int(expected)))
    }

    @Test(
        "SCU as proposed, never SCP; without the SCU role the context is refused",
        arguments: [
            (true, false, .acceptance), (true, true, .acceptance), (false, true, .userRejection),
            (false, false, .userRejection),
        ] as [(Bool, Bool, PresentationContextResult)]
    )
    func role(scu: Bool, scp: Bool, result: PresentationContextResult) throws {
        let (answer, negotiated) = try accepted(
            UserInformation(roleSelections: [
                .init(sopClassUID: ct, scu: scu, scp: scp), .init(sopClassUID: ct, scu: !scu, scp: true),
                .init(sopClassUID: "1.2.840.10008.5.1.4.31", scu: true, scp: true),
            ])
        )
        #expect(answer.presentationContexts.map(\.result) == [result])
        #expect(answer.userInformation.roleSelections == [.init(sopClassUID: ct, scu: scu, scp: false)])
        #expect(negotiated.contexts.isEmpty == (result != .acceptance))
    }

    @Test("storage tells its level, other classes nothing: PS3.4 §B.3.1")
    func extendedNegotiation() throws {
        let proposed = UserInformation(
            extendedNegotiations: [
                .init(sopClassUID: ct, serviceClassApplicationInformation: [3, 0, 0, 0, 2, 0]),
                .init(sopClassUID: ct, serviceClassApplicationInformation: []),
                .init(sopClassUID: "1.2.840.10008.5.1.4.1.2.2.1", serviceClassApplicationInformation: [1]),
            ],
            commonExtendedNegotiations: [
                .init(sopClassUID: ct, serviceClassUID: "1.2.840.10008.4.2", relatedGeneralSOPClassUIDs: [])
            ]
        )
        let (answer, _) = try accepted(proposed)
        #expect(
            answer.userInformation.extendedNegotiations
                == [.init(sopClassUID: ct, serviceClassApplicationInformation: [2, 0, 3, 0, 0, 0])]
        )
        #expect(answer.userInformation.commonExtendedNegotiations.isEmpty, "has no place in an acceptance")
        let verification = UserInformation(extendedNegotiations: [
            .init(sopClassUID: SOPClasses.verification, serviceClassApplicationInformation: [1])
        ])
        let (second, _) = try accepted(verification, abstractSyntax: SOPClasses.verification)
        #expect(second.userInformation.extendedNegotiations.isEmpty)
    }

    @Test("whatever a request says, its answer has an encoding")
    func largestAnswer() throws {
        let classes = (0..<128).map { index in
            let text = "1.2.3.\(index)."
            return text + String(repeating: "4", count: 64 - text.count)
        }
        func padded(_ text: String, _ count: Int) -> UID {
            UID(asSent: Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count))
        }
        // One transfer syntax fills its item; role selections and extended negotiations come in more than one item.
        let request = Sample.request(
            classes.enumerated().map { index, text in
                .init(
                    id: UInt8(index),
                    abstractSyntax: UID(text),
                    transferSyntaxes: [padded("1.2.840.10008.1.2", index == 0 ? 65000 : 17)]
                )
            },
            UserInformation(
                roleSelections: classes.flatMap { text in
                    [128, 1000].map { RoleSelection(sopClassUID: padded(text, $0), scu: true, scp: true) }
                },
                extendedNegotiations: classes.flatMap { text in
                    [1000, 128].map {
                        ExtendedNegotiation(
                            sopClassUID: padded(text, $0),
                            serviceClassApplicationInformation: [UInt8](repeating: 0, count: 60)
                        )
                    }
                }
            )
        )
        guard case .accept(let answer, let negotiated) = NegotiationTests.policy().answer(request) else {
            Issue.record("rejected")
            return
        }
        #expect(negotiated.contexts.count == 128)
        #expect(answer.userInformation.roleSelections.count == 128)
        #expect(answer.userInformation.extendedNegotiations.count == 128)
        #expect(decode(try PDU.associateAC(answer).encoded()).pdus == [.associateAC(answer)])
    }

    @Test("an identity is answered where that was asked for: quirk 18", arguments: [true, false])
    func userIdentity(asked: Bool) throws {
        let (answer, _) = try accepted(
            UserInformation(
                userIdentity: .init(type: 1, positiveResponseRequested: asked, primaryField: Array("anna".utf8))
            )
        )
        #expect(answer.userInformation.userIdentityResponse == (asked ? UserIdentityAC() : nil))
    }

    // MARK: The requestor's view

    @Test("requestor counts what it proposed only") func requestorCountsWhatItProposedOnly() {
        let request = Sample.request([
            .init(id: 1, abstractSyntax: ct, transferSyntaxes: [.implicitVRLittleEndian, .explicitVRLittleEndian]),
            .init(id: 3, abstractSyntax: SOPClasses.verification, transferSyntaxes: [.implicitVRLittleEndian]),
            .init(id: 5, abstractSyntax: ct, transferSyntaxes: [.implicitVRLittleEndian]),
        ])
        let answer = AssociateAC(
            calledAETitle: Sample.calling,
            callingAETitle: Sample.called,
            presentationContexts: [
                .init(id: 1, result: .acceptance, transferSyntax: UID(asSent: "1.2.840.10008.1.2.1\0".utf8)),
                .init(id: 1, result: .acceptance, transferSyntax: .implicitVRLittleEndian),
                .init(id: 3, result: .noReason, transferSyntax: .implicitVRLittleEndian),
                .init(id: 5, result: .acceptance, transferSyntax: .explicitVRBigEndian),
                .init(id: 7, result: .acceptance, transferSyntax: .implicitVRLittleEndian),
            ],
            userInformation: UserInformation(
                maximumLengthReceived: 32768,
                implementationClassUID: "1.9",
                asynchronousOperationsWindow: .init(invoked: 0, performed: 1)
            )
        )
        let negotiated = Negotiated(request: request, answer: answer)
        #expect(
            negotiated
                == Negotiated(
                    contexts: [1: .init(id: 1, abstractSyntax: ct, transferSyntax: .explicitVRLittleEndian)],
                    refusals: [3: .noReason],
                    peerMaximumLength: 32768,
                    operationsInvoked: 1,
                    windowNegotiated: false,
                    callingAETitle: Sample.calling,
                    calledAETitle: Sample.called,
                    peerImplementationClassUID: "1.9"
                )
        )
    }

    @Test("both sides see the same") func bothSidesSeeTheSame() throws {
        let userInformation = UserInformation(
            maximumLengthReceived: 16384,
            asynchronousOperationsWindow: .init(invoked: 4, performed: 1)
        )
        let (answer, acceptor) = try accepted(userInformation)
        let request = Sample.request(
            [.init(id: 1, abstractSyntax: ct, transferSyntaxes: [.implicitVRLittleEndian])],
            userInformation
        )
        let requestor = Negotiated(request: request, answer: answer)
        #expect(requestor.contexts == acceptor.contexts)
        #expect(requestor.operationsInvoked == 4 && acceptor.operationsInvoked == 4)
        #expect(requestor.windowNegotiated && acceptor.windowNegotiated)
        #expect(requestor.peerMaximumLength == 262_144 && acceptor.peerMaximumLength == 16384)
    }
}
