import ApplicationEntities
import ArgumentParser
import Associations
import DIMSE
import Synchronization

/// `dicom-node echo`: C-ECHO to a peer.
struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a peer with C-ECHO.",
        discussion: """
            A duration is \(DurationValue.format).

            Example: dicom-node echo --called-ae-title ARCHIVE 192.0.2.7 11112
            """
    )

    @OptionGroup var peer: PeerOptions

    @Flag(name: .shortAndLong, help: "Print nothing on success.")
    var quiet = false

    private static let contextID: UInt8 = 1

    /// The peer answered, but not as Verification asks.
    private struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    func run() async throws {
        do {
            let time = try await verify()
            if !quiet {
                StandardStream.output.writeLine("\(peer.name) answered C-ECHO in \(Self.milliseconds(time)) ms")
            }
        } catch {
            let reason = StandardErrorLogHandler.escaped(peer.reason(error))
            StandardStream.error.writeLine("echo failed: \(reason)")
            throw error is TLSFaults ? StartFailure.configuration : ExitCode.failure
        }
    }

    /// From the request to the response. The release behind the response takes nothing from it.
    private func verify() async throws -> Duration {
        let request = peer.request(contexts: [
            ProposedPresentationContext(
                id: Self.contextID,
                abstractSyntax: CEchoRQ.verificationSOPClassUID,
                // The default transfer syntax, which every application entity has (PS3.5 §10.1).
                transferSyntaxes: [UID(TransferSyntaxUID.implicitLittleEndian)]
            )
        ])
        let answered = Mutex<Duration?>(nil)
        do {
            return try await peer.requestor().withAssociation(request) { association in
                let time = try await echo(association)
                answered.withLock { $0 = time }
                return time
            }
        } catch {
            guard let time = answered.withLock({ $0 }) else { throw error }
            return time
        }
    }

    private func echo(_ association: Association) async throws -> Duration {
        guard association.negotiated.contexts[Self.contextID] != nil else {
            let result = association.negotiated.refusals[Self.contextID].map { " (\($0))" } ?? ""
            throw Refusal(description: "Verification refused\(result) by \(peer.name)")
        }
        let clock = ContinuousClock()
        let start = clock.now
        let status = try await association.echo(on: Self.contextID)
        guard status == .success else { throw Refusal(description: "\(peer.name) answered status \(status)") }
        return clock.now - start
    }

    /// With two decimals.
    private static func milliseconds(_ time: Duration) -> String {
        let hundredths = Int(time / .microseconds(10))
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
