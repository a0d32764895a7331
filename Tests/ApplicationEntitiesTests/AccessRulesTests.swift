import Associations
import Testing

@testable import ApplicationEntities

/// Who may associate: requests and their verdicts, one rule at a time.
@Suite struct AccessRulesTests {
    private func request(called: String, calling: String) -> AssociateRQ {
        var request = TestNode.request
        request.calledAETitle = AETitle(asSent: called.utf8)
        request.callingAETitle = AETitle(asSent: calling.utf8)
        return request
    }

    @Test(
        "titles are compared without padding, and each that is refused has its reason",
        arguments: [
            ("NODE", "CT1", nil), ("  NODE\0\r\n", "CT1 ", nil), ("NODE2", "CT1", nil),
            ("OTHER", "CT1", .calledAETitleNotRecognized), ("", "CT1", .calledAETitleNotRecognized),
            ("node", "CT1", .calledAETitleNotRecognized),
            ("NODE", "CT2", .callingAETitleNotRecognized), ("NODE", "\0", .callingAETitleNotRecognized),
            ("OTHER", "CT2", .calledAETitleNotRecognized),
        ] as [(String, String, AssociateRJ?)]
    )
    func titles(called: String, calling: String, expected: AssociateRJ?) {
        let rules = AccessRules(calledAETitles: ["NODE", "NODE2"], callingAETitles: ["CT1"])
        let verdict = rules.verdict(on: request(called: called, calling: calling))
        if let expected {
            guard case .reject(expected, let rule) = verdict else {
                Issue.record("\(verdict)")
                return
            }
            #expect(rule.contains("accept.call"))
        } else {
            #expect(verdict == .accept)
        }
    }

    @Test("without rules everything is accepted, titles without a character too")
    func open() {
        #expect(AccessRules().verdict(on: request(called: "", calling: "\0")) == .accept)
    }
}
