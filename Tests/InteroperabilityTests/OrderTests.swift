import Foundation
import TestSupport
import Testing

/// Promise 1, on the real binary: success means safe.
@Suite("No success before the disk has it")
struct OrderTests {
    @Test("the file's data, its name and every new directory are synced before the response is written")
    func order() throws {
        let directory = try TemporaryDirectory()
        let output = directory.path + "/trace"
        let node = try withNode([], prefix: Trace.options(output: output)) { node in
            // One after the other in one association, then a pipeline without waiting, then another study.
            let association = try RawAssociation(port: node.port)
            for index in 1...3 {
                let uid = "1.2.3.1.\(index)"
                let dataSet = RawDataSet.image(sopInstanceUID: uid, pixels: 100_000 * index)
                #expect(try association.store(dataSet, sopInstanceUID: uid, messageID: index).status == 0)
            }
            for index in 1...5 {
                let uid = "1.2.3.2.\(index)"
                let dataSet = RawDataSet.image(sopInstanceUID: uid, seriesInstanceUID: "1.2.7")
                try association.send(.store(messageID: index, sopInstanceUID: uid), dataSet: dataSet)
            }
            for _ in 1...5 { #expect(try association.receive().command.status == 0) }
            // The same bytes again: answered, but the copy that is there must be safe, too.
            let uid = "1.2.3.1.1"
            let again = try association.store(
                RawDataSet.image(sopInstanceUID: uid, pixels: 100_000),
                sopInstanceUID: uid
            )
            #expect(again.status == 0)
            try association.release()
            let other = try RawAssociation(port: node.port)
            let last = "1.2.3.3.1"
            let dataSet = RawDataSet.image(sopInstanceUID: last, studyInstanceUID: "1.2.9")
            #expect(try other.store(dataSet, sopInstanceUID: last).status == 0)
            try other.release()
            return node
        }
        // Read after the end, when strace has written everything; the archive is there as long as the node is held.
        let trace = try String(contentsOfFile: output, encoding: .utf8)
        try check(Trace.events(trace), archive: node.archive, responses: 10)
    }

    private func check(_ events: [TracedEvent], archive: String, responses: Int) throws {
        var seen = 0
        for (index, event) in events.enumerated() {
            guard case .response(let status, let uid) = event, status == 0 else { continue }
            seen += 1
            let before = events[..<index]
            let suffix = "/\(uid).dcm"
            guard
                let named = before.firstIndex(where: {
                    if case .named(let path) = $0 { path.hasSuffix(suffix) } else { false }
                }), case .named(let path) = before[named]
            else {
                Issue.record("0000H for \(uid) before its name existed")
                continue
            }
            let everything = before.lastIndex(of: .everythingSynced) ?? -1
            let files = before[..<named].filter { if case .fileSynced = $0 { true } else { false } }
            let names = before[..<named].filter { if case .named = $0 { true } else { false } }
            #expect(
                files.count > names.count || before[..<named].contains(.everythingSynced),
                "0000H for \(uid), whose data was not synced before it got its name"
            )
            let parent = String(path.dropLast(suffix.count))
            #expect(
                before[named...].contains(.directorySynced(parent)) || everything > named,
                "0000H for \(uid) before \(parent) was synced"
            )
            // Directories made on the way: each one's own parent is synced after it was made.
            for (place, made) in before.enumerated() {
                guard case .made(let new) = made, new.hasPrefix(archive), path.hasPrefix(new + "/") else { continue }
                let above = String(new[..<(new.lastIndex(of: "/") ?? new.startIndex)])
                #expect(
                    before[place...].contains(.directorySynced(above)) || everything > place,
                    "0000H for \(uid) before \(above), in which \(new) was made, was synced"
                )
            }
        }
        #expect(seen == responses, "each success was seen in the trace")
        #expect(
            events.filter { if case .fileSynced = $0 { true } else { $0 == .everythingSynced } }.count > 1,
            "the trace shows the syncing calls"
        )
    }
}
