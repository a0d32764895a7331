import ApplicationEntities
import ArgumentParser
import NIOCore
import SystemPackage
import Testing
import UpperLayer

@testable import dicom_node

@Suite("Values of settings")
struct SettingTests {
    @Test(
        "a duration has a unit; 0 is off",
        arguments: [
            ("0", 0), ("0s", 0), ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000), ("2H", 7_200_000),
        ]
    )
    func duration(text: String, milliseconds: Int64) throws {
        #expect(try DurationValue.parse(text).amount == .milliseconds(milliseconds))
    }

    @Test(
        "a size has a unit of 1024 or of 1000, or none",
        arguments: [
            ("0", 0), ("4096", 4_096), ("4096B", 4_096), ("256KiB", 262_144), ("1GiB", 1 << 30), ("1 GiB", 1 << 30),
            ("1GB", 1_000_000_000), ("10gb", 10_000_000_000), ("3kB", 3_000), ("2MB", 2_000_000),
            ("1TB", 1_000_000_000_000), ("1tib", 1 << 40),
        ]
    )
    func size(text: String, bytes: Int) throws {
        #expect(try SizeValue.parse()(text).bytes == bytes)
    }

    @Test(
        "a value that a setting does not take is answered with what it takes",
        arguments: [
            ("--timeouts-idle", "5", "such as 500ms, 30s, 5m, 1h or 30d"),
            ("--timeouts-stall", "-1s", "such as 500ms, 30s, 5m, 1h or 30d"),
            ("--timeouts-artim", "99999999999h", "the longest is a century"),
            ("--archive-minimum-free", "1XB", "KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)"),
            ("--archive-minimum-free", "99999999TiB", "KiB, MiB, GiB, TiB (1024) or kB, MB, GB, TB (1000)"),
            ("--limits-pdu-length", "1", "4KiB to 1GiB"),
            ("--limits-associations", "0", "1 or more"),
            ("--limits-associations-per-host", "-1", "0 or more"),
            ("--limits-operations", "70000", "1 to 65535"),
            ("--listen-port", "65536", "0 to 65535"),
            ("--listen-host", " ", "127.0.0.1 or [::1], or *"),
            ("--listen-host", "[::1", "127.0.0.1 or [::1], or *"),
            ("--accept-unknown-sop-classes", "perhaps", "true or false"),
            ("--archive-marker-required", "yes", "true or false"),
            ("--ae-title", "SEVENTEEN-LETTERS", "1 to 16 characters"),
            ("--ae-title", " ", "1 to 16 characters"),
            (
                "--accept-called-ae-titles", "CT1,SEVENTEEN-LETTERS",
                "found 'SEVENTEEN-LETTERS'; an AE title has 1 to 16"
            ),
            ("--accept-calling-ae-titles", "CT1,,CT2", "1 to 16 characters"),
            ("--accept-calling-ae-titles", "BACK\\SLASH", "without the backslash"),
            ("--archive-sync", "sometimes", "always or never"),
            ("--logging-format", "xml", "text or json"),
            ("--logging-level", "loud", "notice"),
        ]
    )
    func invalid(option: String, value: String, hint: String) throws {
        do {
            _ = try ConfigurationOptions<EveryKey>.parse(["\(option)=\(value)"])
            Issue.record("\(option)=\(value) was taken")
        } catch {
            let message = ConfigurationOptions<EveryKey>.message(for: error)
            #expect(message.contains(hint), "\(message)")
            #expect(message.contains(option))
            #expect(ConfigurationOptions<EveryKey>.exitCode(for: error).rawValue == 64)
        }
    }

    @Test(
        "a negative number is a value that is invalid, not an option",
        arguments: [
            ("--timeouts-idle", "-5s", "500ms, 30s, 5m, 1h or 30d"), ("--port", "-1", "0 to 65535"),
            ("--limits-operations", "-1", "1 to 65535"), ("--limits-pdu-length", "-1", "a size is bytes"),
            ("--archive-minimum-free", "-1", "a size is bytes"),
        ]
    )
    func negative(option: String, value: String, hint: String) throws {
        let error = #expect(throws: (any Error).self) { try ConfigurationOptions<EveryKey>.parse([option, value]) }
        let message = ConfigurationOptions<EveryKey>.message(for: try #require(error))
        #expect(message.contains(hint) && message.contains("'\(value)'"), "\(message)")
    }

    @Test(
        "send takes a number in its range, and a duration, and says so of another value",
        arguments: [
            ("--retries", "-1", "0 to 100"), ("--retries", "101", "0 to 100"), ("--retries", "few", "0 to 100"),
            ("--parallel", "0", "1 to 64"), ("--response-timeout", "-5s", "500ms, 30s, 5m, 1h or 30d"),
        ]
    )
    func sendNumber(option: String, value: String, hint: String) throws {
        let error = #expect(throws: (any Error).self) { try Send.parse([option, value, "localhost", "104", "a"]) }
        let message = Send.message(for: try #require(error))
        #expect(message.contains(hint) && message.contains("'\(value)'"), "\(message)")
    }

    /// The values that count with these options.
    private func values(_ arguments: [String]) throws -> NodeConfiguration {
        let options = try ConfigurationOptions<EveryKey>.parse(arguments)
        return try ConfigurationSources(commandLine: options.settings.texts).read().values
    }

    @Test("true and false of the marker count in either case, as of every other setting")
    func marker() throws {
        #expect(try values(["--archive-marker-required", "TRUE"]).archive.markerRequired)
        #expect(try !values(["--archive-marker-required", "False"]).archive.markerRequired)
    }

    @Test("a layout with a keyword that there is not says where those are listed that there are")
    func layout() throws {
        let error = #expect(throws: (any Error).self) {
            try ConfigurationOptions<EveryKey>.parse(["--archive-layout", "{Foo}/{SOPInstanceUID}.dcm"])
        }
        let message = ConfigurationOptions<EveryKey>.message(for: try #require(error))
        #expect(message.contains("{Foo}") && message.contains("serve --help lists the keywords"), "\(message)")
    }

    @Test("a word that is no command is answered with the commands; a command, help and options are not")
    func unknownCommand() throws {
        #expect(
            DicomNode.unknownCommand(["foo", "bar"])?.message
                == "'foo' is no command: give serve, echo, send, archive or config."
        )
        for arguments in [[], ["serve"], ["echo", "foo"], ["send"], ["help"], ["--version"], ["-h"]] {
            #expect(DicomNode.unknownCommand(arguments) == nil)
        }
    }

    @Test(
        "a host that is none is told what a peer's is, and one with a port where the port goes",
        arguments: [
            ("", "give the peer's host name or address"), ("[::1", "give the peer's host name or address"),
            ("127.0.0.1:104", "the port is an argument of its own"),
            ("[::1]:104", "the port is an argument of its own"), ("pacs:104", "the port is an argument of its own"),
        ]
    )
    func peer(host: String, hint: String) throws {
        let error = #expect(throws: (any Error).self) { try Echo.parse([host, "4"]) }
        let message = Echo.message(for: try #require(error))
        #expect(message.contains(hint) && !message.contains("this machine"), "\(message)")
    }

    @Test("a peer may be a name, an address, or one of IPv6 with or without brackets")
    func peers() throws {
        for (host, taken) in [("pacs", "pacs"), ("192.0.2.7", "192.0.2.7"), ("[::1]", "::1"), ("::1", "::1")] {
            #expect(try Echo.parse([host, "4"]).peer.host == taken)
        }
    }

    @Test("the help of echo and of send says what a duration looks like; that of send has the range of --retries")
    func help() {
        func words(_ help: String) -> String { help.split { $0.isWhitespace }.joined(separator: " ") }
        #expect(words(Echo.helpMessage()).contains(DurationValue.format))
        #expect(words(Send.helpMessage()).contains(DurationValue.format))
        #expect(words(Send.helpMessage()).contains("0 to 100"))
    }

    @Test(
        "A,B and A B and repetition mean the same; blanks around a title do not count, those within do",
        arguments: [
            ["--accept-calling-ae-titles", "CT 1,MR2"], ["--accept-calling-ae-titles", "CT 1", "MR2"],
            ["--accept-calling-ae-titles", " CT 1 , MR2 "],
            ["--accept-calling-ae-titles", "CT 1", "--accept-calling-ae-titles", "MR2"],
            ["--accept-calling-ae-titles", "CT 1", " MR2", "--accept-calling-ae-titles", "MR2,CT 1"],
        ]
    )
    func lists(arguments: [String]) throws {
        let values = try values(arguments + ["--port", "0"])
        #expect(Set(values.accept.callingAETitles) == ["CT 1", "MR2"])
        #expect(values.accept.calledAETitles == [])
        #expect(values.listen.port == 0)
    }

    @Test(
        "our own title is stripped, an IPv6 address may stand in brackets; of an option that comes twice the last counts"
    )
    func stripped() throws {
        let values = try values(["--ae-title", " NODE ", "--host", "[::1]", "--port", "1", "--listen-port", "2"])
        #expect(values.aeTitle == "NODE")
        #expect(values.listen.host == "::1")
        #expect(values.listen.port == 2)
        #expect(try self.values(["--host", "*"]).listen.host == "*")
    }

    @Test("a path of the command line may be any bytes")
    func pathBytes() throws {
        let argument = ProcessArguments.text(of: [0x2F, 0xE9])
        #expect(
            try values(["--archive", argument]).archive.path.path.withPlatformString { $0[1] }
                == CChar(bitPattern: 0xE9)
        )
    }

    @Test("a path is shown from the root on")
    func absolutePath() throws {
        #expect(try #require(PathValue(argument: "/a/./b//c/")).absolute.string == "/a/b/c")
        #expect(try #require(PathValue(argument: "/a/../b")).absolute.string == "/a/../b")
        let relative = try #require(PathValue(argument: "./archive")).absolute.string
        #expect(relative.hasPrefix("/") && relative.hasSuffix("/archive") && !relative.contains("/./"))
    }
}
