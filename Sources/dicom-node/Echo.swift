import ApplicationEntities
import ArgumentParser
import Associations
import DIMSE
import Logging
import NIOPosix

/// `dicom-node echo`: C-ECHO to a peer.
struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Verify a peer with C-ECHO.")

    @OptionGroup var peer: PeerOptions

    /// The default transfer syntax, which every application entity has (PS3.5 §10.1).
    private static let implicitVRLittleEndian: UID = "1.2.840.10008.1.2"

    func run() async throws {
        let request = self.peer.request(contexts: [
            ProposedPresentationContext(
                id: 1,
                abstractSyntax: CEchoRQ.verificationSOPClassUID,
                transferSyntaxes: [Self.implicitVRLittleEndian]
            )
        ])
        do {
            let status = try await self.peer.requestor().withAssociation(request) { association in
                try await association.echo(on: 1)
            }
            guard status == .success else { throw RequestorError.unexpected("status \(status)") }
        } catch {
            StandardStream.error.writeLine("echo failed: \(StandardErrorLogHandler.escaped("\(error)"))")
            throw ExitCode.failure
        }
    }
}

/// What `echo` and `send` have in common: the peer, and the titles on both sides.
struct PeerOptions: ParsableArguments {
    @Option(help: "Our AE title.")
    var callingAeTitle = "DICOMNODE"

    @Option(help: "The peer's AE title.")
    var calledAeTitle = "ANY-SCP"

    @Option(name: [.customLong("logging-level"), .customLong("log-level")], help: "Least severe level that is logged.")
    var logLevel = Logger.Level.warning

    @Argument(help: "The peer's host name or address.")
    var host: String

    @Argument(help: "The peer's port.")
    var port: Int

    func validate() throws {
        guard AETitle(self.callingAeTitle) != nil, AETitle(self.calledAeTitle) != nil else {
            throw ValidationError("An AE title has 1 to 16 printable ASCII characters other than a backslash.")
        }
        guard (1...65_535).contains(self.port) else { throw ValidationError("A port is 1 to 65535.") }
    }

    func requestor() -> AssociationRequestor {
        let level = self.logLevel
        return AssociationRequestor(
            host: self.host,
            port: self.port,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "dicom-node") { _ in StandardErrorLogHandler(level: level, format: .text) }
        )
    }

    func request(contexts: [ProposedPresentationContext]) -> AssociateRQ {
        AssociateRQ(
            calledAETitle: AETitle(self.calledAeTitle) ?? AETitle(asSent: []),
            callingAETitle: AETitle(self.callingAeTitle) ?? AETitle(asSent: []),
            presentationContexts: contexts,
            userInformation: UserInformation(
                maximumLengthReceived: UInt32(Limits().pduLength),
                implementationClassUID: Implementation.classUID,
                implementationVersionName: Implementation.versionName
            )
        )
    }
}
