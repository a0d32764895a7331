import ApplicationEntities
import ArgumentParser
import Glibc

/// `dicom-node config passcode`: a line of the file of users.
struct ConfigPasscode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passcode",
        abstract: "Print a user's line for accept.user_file, with a salted hash of a passcode.",
        discussion: """
            The passcode is asked for on a terminal, and not shown there; else it is the first line of standard input. It is never \
            an option, because every user of a machine can read the command lines of others.

            dicom-node config passcode CT1 >> /etc/dicom-node.users
            """
    )

    /// Bytes of a passcode, at most; PS3.7 §D.3.3.7 has room for 65,535.
    private static let longest = 1_024

    @Argument(help: "The user's name.")
    var user: String

    @Flag(help: "The user comes without a passcode.")
    var withoutPasscode = false

    func validate() throws {
        if let fault = UserFile.fault(inName: user) { throw ValidationError("'\(user)' is \(fault).") }
    }

    func run() throws {
        let secret = withoutPasscode ? UserFile.nameAlone : "\(try PasscodeHash(of: try passcode()))"
        StandardStream.output.writeLine("\(user):\(secret)")
    }

    private func passcode() throws -> String {
        let passcode = isatty(STDIN_FILENO) == 1 ? try askTwice() : readLine(strippingNewline: true) ?? ""
        guard !passcode.isEmpty else { throw failure("the passcode is empty: give one, or --without-passcode") }
        guard passcode.utf8.count <= Self.longest else {
            throw failure("the passcode has more than \(Self.longest) bytes: give a shorter one")
        }
        return passcode
    }

    private func askTwice() throws -> String {
        let first = try ask("Passcode of \(user): ")
        guard try ask("The same again: ") == first else {
            throw failure("the two passcodes differ: nothing was printed, try again")
        }
        return first
    }

    private func ask(_ prompt: String) throws -> String {
        guard let text = getpass(StandardErrorLogHandler.escaped(prompt)) else {
            throw failure("the terminal cannot be read: \(String(cString: strerror(errno)))")
        }
        return String(cString: text)
    }

    private func failure(_ text: String) -> ExitCode {
        StandardStream.error.writeLine(StandardErrorLogHandler.escaped(text))
        return .failure
    }
}
