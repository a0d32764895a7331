import Associations
import NIOCore

/// PDUs for tests that do not care what is in them.
enum Sample {
    static let called = AETitle("DICOMNODE")!
    static let calling = AETitle("MODALITY")!
    static let ctImageStorage: UID = "1.2.840.10008.5.1.4.1.1.2"

    static let request = request([
        ProposedPresentationContext(
            id: 1,
            abstractSyntax: SOPClasses.verification,
            transferSyntaxes: [.implicitVRLittleEndian]
        )
    ])

    static func request(
        _ contexts: [ProposedPresentationContext],
        _ userInformation: UserInformation = UserInformation(maximumLengthReceived: 16384)
    ) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: called,
            callingAETitle: calling,
            presentationContexts: contexts,
            userInformation: userInformation
        )
    }

    static let acceptance = AssociateAC(
        calledAETitle: called,
        callingAETitle: calling,
        presentationContexts: [
            AnsweredPresentationContext(id: 1, result: .acceptance, transferSyntax: .implicitVRLittleEndian)
        ],
        userInformation: UserInformation(maximumLengthReceived: 262_144)
    )

    static let data = DataTF(values: [
        PresentationDataValue(
            presentationContextID: 1,
            isCommand: true,
            isLast: true,
            data: ByteBuffer(bytes: [1, 2, 3, 4])
        )
    ])
}
