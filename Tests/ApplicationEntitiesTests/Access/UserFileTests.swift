import TestSupport
import Testing

@testable import ApplicationEntities

/// The file of salted hashes, and the hashes.
@Suite struct UserFileTests {
    /// "sesame", computed with Python's hashlib.scrypt(n=1024, r=8, p=1, salt=b"saltsalt", dklen=32).
    static let foreign = "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$Kg1m8oGEYRyRlahEhbAt3+66DRZD21AjW1X8imAZ/zM"

    @Test("a hash is its passcode's and no other's, has a salt of its own, and is read back")
    func hashes() throws {
        let hash = try PasscodeHash(of: "sesame")
        #expect(hash.matches(Array("sesame".utf8)))
        #expect(!hash.matches(Array("sesame2".utf8)))
        #expect(!hash.matches([]))
        #expect(try PasscodeHash(hash.description) == hash)
        #expect(try PasscodeHash(of: "sesame") != hash)
        #expect(hash.description.hasPrefix("$scrypt$ln=14,r=8,p=5$"))
        #expect(!PasscodeHash.template.matches([]), "a user that does not exist has no passcode")
    }

    @Test("a hash that another program has made is read")
    func foreignHash() throws {
        let hash = try PasscodeHash(Self.foreign)
        #expect(hash.matches(Array("sesame".utf8)))
        #expect(!hash.matches(Array("Sesame".utf8)))
    }

    @Test(
        "lines that cannot be are refused with their number, all of them at once, and without what stands in them",
        arguments: [
            ("alice", "name:hash"), (":x", "name:hash"), ("alice:", "$scrypt$"), ("alice:secret", "$scrypt$"),
            ("alice:$argon2$ln=10,r=8,p=1$c2FsdHNhbHQ$AAAA", "$scrypt$"),
            ("alice:$scrypt$ln=10,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA", "Base64"),
            ("alice:$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$AAAA", "Base64"),
            ("alice:$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA==", "Base64"),
            ("alice:$scrypt$ln=10,r=8$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "parameters are ln"),
            ("alice:$scrypt$ln=9,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "from ln=10"),
            ("alice:$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "from ln=10"),
            ("alice:$scrypt$ln=10,r=0,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "from ln=10"),
            ("alice:$scrypt$ln=-1,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "from ln=10"),
            ("alice:$scrypt$ln=999,r=8,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "parameters are ln"),
            ("alice:$scrypt$ln=17,r=32,p=16$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "cost more"),
            ("alice:$scrypt$ln=17,r=9,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA", "cost more"),
            ("\(String(repeating: "a", count: 257)):no-passcode", "more than 256 bytes"),
            ("ali\tce:no-passcode", "control characters"), ("alice :no-passcode", "ends with a space"),
        ]
    )
    func invalid(line: String, reason: String) {
        do {
            _ = try UserFile("robot:no-passcode\n\(line)\nrobot:no-passcode\n")
            Issue.record("read")
        } catch {
            #expect(error.faults.map(\.line) == [2, 3])
            #expect(error.faults[0].reason.contains(reason), "\(error.faults[0].reason)")
            #expect(error.faults[1].reason == "the user of line 1 a second time")
            #expect(!error.faults.contains { $0.reason.contains("secret") || $0.reason.contains("alice") })
        }
    }

    @Test("a name may have colons and any letters, and is compared without padding")
    func names() throws {
        let file = try UserFile("dr:müller:no-passcode\r\n# comment:no-passcode\n\n  \nbob:\(Self.foreign)")
        #expect(file.count == 2)
        #expect(file.name(Array("dr:müller".utf8)) == "dr:müller")
        #expect(file.name(Array("dr:müller \0\0".utf8)) == "dr:müller")
        #expect(file.name(Array("# comment".utf8)) == nil)
        #expect(file.takesNameAlone("dr:müller"))
        #expect(!file.takesNameAlone("bob"))
        #expect(file.substitute == file.hash("bob"), "a user that does not exist takes as long as one that does")
        #expect(try UserFile("").substitute == .template)
    }

    @Test("a file that is too large is refused as a whole")
    func size() {
        let line = "user:no-passcode\n"
        let text = String(repeating: line, count: AcceptorLimits.userFileBytes / line.utf8.count + 1)
        #expect { try UserFile(text) } throws: { ($0 as? InvalidUserFile)?.faults.count == 1 }
    }
}
