import Foundation
import TestSupport
import Testing

@Suite("dicom-node config as a command")
struct ConfigCommandTests {
    @Test("the example is right, and what is shown of it is all default")
    func example() throws {
        let directory = try TemporaryDirectory()
        let example = try run(nodeExecutable, ["config", "example"])
        #expect(example.succeeded)
        let file = try directory.write(Array(example.output.utf8), to: "node.yaml")
        let check = try run(nodeExecutable, ["config", "check", "--config", file])
        #expect(check.succeeded && check.output.contains("the configuration is right: 0 keys are set"), "\(check)")
        #expect(check.output.hasPrefix("warning: listening on every interface, and anyone may store"))
        let shown = try run("env", ["DICOM_NODE_CONFIG=\(file)", nodeExecutable, "config", "show", "--port", "104"])
            .output
        #expect(shown.contains("  port: 104  # --listen-port\n"))
        #expect(shown.split(separator: "\n").filter { $0.contains("  # ") && !$0.hasSuffix("# default") }.count == 1)
    }

    @Test("check and serve end with 78 and a line for each fault; nothing is started and no archive made")
    func faults() throws {
        let directory = try TemporaryDirectory()
        let text = "listen:\n  prot: 104\ntimeouts: { idle: 5 }\nlimits: { associations: none }\n"
        let file = try directory.write(Array(text.utf8), to: "node.yaml")
        let archive = directory.path + "/archive"
        for command in [["config", "check"], ["config", "show"], ["serve", "--archive", archive, "--port", "0"]] {
            let result = try run("env", ["DICOM_NODE_ARCHIVE_SYNC=x", nodeExecutable] + command + ["--config", file])
            #expect(result.termination == .exit(78))
            #expect(result.output.isEmpty)
            let lines = result.errors.split(separator: "\n")
            #expect(lines.count == 4, "\(lines)")
            #expect(lines.first == "\(file):2: listen.prot: there is no such key; did you mean listen.port?")
            #expect(lines.last == "DICOM_NODE_ARCHIVE_SYNC: archive.sync: found 'x'; give always or never")
        }
        #expect(!FileManager.default.fileExists(atPath: archive))
    }

    @Test("a passcode of standard input lets its user in, and nobody else; it is not in the line")
    func passcode() throws {
        let directory = try TemporaryDirectory()
        let made = try run("sh", ["-c", "printf 'open sesame\\n' | \(nodeExecutable) config passcode alice"])
        #expect(made.succeeded && made.output.hasPrefix("alice:$scrypt$") && !made.output.contains("sesame"), "\(made)")
        let users = try directory.write(Array(made.output.utf8), to: "users")
        try withNode(["--accept-user-identity", "required", "--accept-user-file", users]) { node in
            for (name, passcode, isRight) in [
                ("alice", "open sesame", true), ("alice", "sesame", false), ("bob", "open sesame", false),
            ] {
                let socket = try RawSocket(port: node.port)
                try socket.send(request(name, passcode).encoded())
                let answer = socket.answer()
                if case .accepted = answer { #expect(isRight) } else { #expect(!isRight, "\(answer)") }
            }
            #expect(!node.process.errors.contains("sesame"))
        }
    }

    /// A user identity of type 2 (PS3.7 §D.3.3.7).
    private func request(_ name: String, _ passcode: String) -> RawRequest {
        let (name, passcode) = (Array(name.utf8), Array(passcode.utf8))
        let item = [2, 0, 0, UInt8(name.count)] + name + [0, UInt8(passcode.count)] + passcode
        return RawRequest().with { $0.userItems = rawItem(0x58, item) }
    }

    @Test("on a terminal the passcode is asked for twice, and not shown")
    func terminal() throws {
        let script = """
            import os, pty, sys
            child, terminal = pty.fork()
            if child == 0:
                os.execv(sys.argv[1], [sys.argv[1], "config", "passcode", "alice"])
            shown = b""
            def wait(text):
                global shown
                while text not in shown:
                    shown += os.read(terminal, 1024)
            wait(b"Passcode of alice: ")
            os.write(terminal, b"sesame\\n")
            wait(b"The same again: ")
            os.write(terminal, sys.argv[2].encode() + b"\\n")
            try:
                while True:
                    block = os.read(terminal, 1024)
                    if not block: break
                    shown += block
            except OSError:
                pass
            print(shown.decode(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
        let right = try run("python3", ["-c", script, nodeExecutable, "sesame"]).output
        #expect(right.contains("alice:$scrypt$") && !right.contains("sesame") && right.hasSuffix(" 0\n"), "\(right)")
        let wrong = try run("python3", ["-c", script, nodeExecutable, "open"]).output
        #expect(
            wrong.contains("the two passcodes differ") && !wrong.contains("scrypt") && wrong.hasSuffix(" 1\n"),
            "\(wrong)"
        )
    }

    @Test("explain answers with a sentence, and with its exit code")
    func explain() throws {
        func explain(_ arguments: [String]) throws -> Finished {
            try run(nodeExecutable, ["config", "explain", "--accept-hosts", "192.0.2.0/24"] + arguments)
        }
        let accepted = try explain(["--calling", "CT1", "--host", "192.0.2.7"])
        #expect(accepted.succeeded && accepted.output.contains("CT1 from 192.0.2.7 would be accepted"), "\(accepted)")
        let rejected = try explain(["--calling", "CT1", "--host", "198.51.100.7"])
        #expect(rejected.termination == .exit(1))
        #expect(rejected.output.contains("because accept.hosts does not contain 198.51.100.7"), "\(rejected)")
        #expect(try explain(["--calling", "CT1", "--host", "here"]).termination == .exit(64))
        #expect(try explain(["--calling", "CT1"]).termination == .exit(64))
    }
}
