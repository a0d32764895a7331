import Crypto
import CryptoExtras
import FoundationEssentials

/// A passcode as it is kept: salted, and computed by scrypt (RFC 7914), because a stolen file then costs as much for
/// each guess.
///
/// Written as `$scrypt$ln=14,r=8,p=5$salt$key`, salt and key in Base64 without padding, as other programs write it too.
package struct PasscodeHash: Equatable, Sendable {
    /// Binary logarithm of scrypt's N.
    private var logRounds = 14
    private var blockSize = 8
    private var parallelism = 5
    private var salt: [UInt8]
    private var key: [UInt8]

    private init(salt: [UInt8], key: [UInt8]) {
        self.salt = salt
        self.key = key
    }

    /// With the parameters of new ones, and no passcode's.
    static let template = PasscodeHash(salt: Array(repeating: 0, count: 16), key: [])

    /// A hash of a passcode, with a salt of its own.
    ///
    /// *Errors*: those of the library: there is no memory.
    package init(of passcode: String) throws {
        var random = SystemRandomNumberGenerator()
        self.init(salt: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }, key: [])
        key = try derive(Array(passcode.utf8), bytes: 32)
    }

    /// What it costs to compute the key, in blocks of 128 bytes.
    var cost: Int { blockSize * parallelism << logRounds }

    /// Whether it is this passcode's. Takes a tenth of a second and more, and 16 MiB, with the parameters of new ones.
    package func matches(_ passcode: [UInt8]) -> Bool {
        guard let derived = try? derive(passcode, bytes: key.isEmpty ? 32 : key.count) else { return false }
        // Compares in constant time.
        return SymmetricKey(data: derived) == SymmetricKey(data: key)
    }

    private func derive(_ passcode: [UInt8], bytes: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: passcode,
            salt: salt,
            outputByteCount: bytes,
            rounds: 1 << logRounds,
            blockSize: blockSize,
            parallelism: parallelism
        )
        return key.withUnsafeBytes { Array($0) }
    }
}

extension PasscodeHash: CustomStringConvertible {
    /// The text of a line of a file of users, behind the name.
    package var description: String {
        "$scrypt$ln=\(logRounds),r=\(blockSize),p=\(parallelism)$\(Self.text(salt))$\(Self.text(key))"
    }

    /// Reads ``description``.
    ///
    /// *Errors*: what is wrong. Parameters have bounds, because a line with large ones would cost a minute and a
    /// gigabyte for each association.
    package init(_ text: some StringProtocol) throws(InvalidPasscodeHash) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else {
            throw InvalidPasscodeHash(
                "expected `$scrypt$ln=…,r=…,p=…$salt$key`, as `dicom-node config passcode` makes it"
            )
        }
        guard let salt = Self.bytes(parts[3]), let key = Self.bytes(parts[4]), (8...64).contains(salt.count),
            (16...64).contains(key.count)
        else { throw InvalidPasscodeHash("salt and key are Base64 without padding, of 8 to 64 and 16 to 64 bytes") }
        self.init(salt: salt, key: key)
        let parameters = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard parameters.count == 3, let logRounds = Self.number(parameters[0], "ln="),
            let blockSize = Self.number(parameters[1], "r="), let parallelism = Self.number(parameters[2], "p=")
        else { throw InvalidPasscodeHash("the parameters are ln=…,r=…,p=…") }
        guard (10...17).contains(logRounds), (1...32).contains(blockSize), (1...16).contains(parallelism) else {
            throw InvalidPasscodeHash("the parameters are from ln=10,r=1,p=1 to ln=17,r=32,p=16")
        }
        self.logRounds = logRounds
        self.blockSize = blockSize
        self.parallelism = parallelism
        if cost > AcceptorLimits.passcodeBlocks || 128 * blockSize << logRounds > AcceptorLimits.passcodeBytes {
            throw InvalidPasscodeHash("the parameters cost more than ln=17,r=8,p=2, which is the most")
        }
    }

    private static func number(_ text: some StringProtocol, _ name: String) -> Int? {
        guard text.hasPrefix(name), text.utf8.count <= name.utf8.count + 2 else { return nil }
        return Int(text.dropFirst(name.count))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(Data(bytes).base64EncodedString().prefix { $0 != "=" })
    }

    private static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count <= 128, !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}

/// A text that is no ``PasscodeHash``.
package struct InvalidPasscodeHash: Error, Equatable {
    /// What is expected; says nothing of the text.
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}
