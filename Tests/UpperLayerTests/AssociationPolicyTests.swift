import Associations
import Testing

@testable import UpperLayer

/// What an association does beyond Table 9-10, for every state and every input.
@Suite struct AssociationPolicyTests {
    typealias Decision = AssociationPolicy.Decision
    typealias Input = AssociationPolicy.Input

    /// A value in each of the situations that the rules tell apart.
    enum Situation: CaseIterable {
        case acceptor, requestor
        /// An acceptor whose peer has shut down its sending.
        case inputEnded
        /// The same, and the user has answered.
        case answered
        /// An acceptor whose user has answered a release that collided with ours (Sta10), before the peer has.
        case answeredEarly

        var policy: AssociationPolicy {
            var policy = AssociationPolicy(role: self == .requestor ? .requestor : .acceptor)
            switch self {
            case .acceptor, .requestor: break
            case .inputEnded: _ = policy.decide(.endOfInput(isFlushed: true), in: .sta6)
            case .answered:
                _ = policy.decide(.endOfInput(isFlushed: true), in: .sta6)
                _ = policy.decide(.releaseResponse(isFlushed: false), in: .sta6)
            case .answeredEarly: _ = policy.decide(.releaseResponse(isFlushed: true), in: .sta10)
            }
            return policy
        }
    }

    /// One decision for each state, Sta1 to Sta13.
    struct Row: CustomTestStringConvertible {
        let input: Input
        let situations: [Situation]
        let decisions: [Decision]

        init(_ input: Input, _ situations: [Situation], _ words: String) {
            self.input = input
            self.situations = situations
            decisions = words.split(separator: " ").map { Self.decision[String($0)] ?? .nothing }
        }

        var testDescription: String { "\(input) \(situations)" }

        static let decision: [String: Decision] = [
            "decode": .decode, "10": .perform(.evt10), "11": .perform(.evt11), "14": .perform(.evt14),
            "15": .perform(.evt15), "tell": .indicateRelease, "shut": .closeOutput, "close": .close, "end": .end,
        ]
    }

    static let half: [Situation] = [.inputEnded, .answered]
    static let whole: [Situation] = [.acceptor, .requestor, .answeredEarly]

    static let rows = [
        //  Sta                                     1 2 3 4 5 6 7 8 9 10 11 12 13
        Row(
            .bytes(count: 1),
            Situation.allCases,
            "- decode decode decode decode decode decode decode decode decode decode decode -"
        ),
        Row(.dataTF, [.requestor], "10 10 10 10 10 10 10 10 10 10 10 10 10"),
        Row(.dataTF, [.acceptor, .answeredEarly] + half, "10 10 10 10 10 10 15 10 10 10 10 10 10"),
        Row(.releaseRequest, whole, "- - - - - 11 - - - - - - -"),
        Row(.releaseRequest, half, "- - - - - - - - - - - - -"),
        Row(.releaseResponse(isFlushed: true), whole, "14 14 14 14 14 14 14 14 14 - 14 14 14"),
        Row(.releaseResponse(isFlushed: false), whole, "14 14 14 14 14 14 14 14 14 - 14 14 14"),
        Row(.releaseResponse(isFlushed: true), half, "14 14 14 14 14 end 14 14 14 - 14 14 14"),
        Row(.releaseResponse(isFlushed: false), half, "14 14 14 14 14 - 14 14 14 - 14 14 14"),
        Row(.abortRequest, Situation.allCases, "- - 15 15 15 15 15 15 15 15 15 15 -"),
        Row(.closeRequest, [.acceptor, .requestor, .inputEnded], "close close 15 close 15 15 15 15 15 15 15 15 -"),
        Row(.closeRequest, [.answered, .answeredEarly], "close close 15 close 15 - 15 15 15 - 15 15 -"),
        Row(.stopRequest, Situation.allCases, "- close - - - - - - - - - - -"),
        Row(.evictRequest, Situation.allCases, "close close 15 close 15 15 15 15 15 15 15 15 close"),
        Row(.endOfInput(isFlushed: true), Situation.allCases, "end end tell end end tell end - end end end - end"),
        Row(.endOfInput(isFlushed: false), Situation.allCases, "end end tell end end tell end - end end end - -"),
        Row(.flushed, [.acceptor, .requestor, .inputEnded, .answeredEarly], "- - - - - - - - - - - - shut"),
        Row(.flushed, [.answered], "- - - - - end - - - - - - shut"),
        Row(.entered, [.acceptor, .requestor, .inputEnded], "- - - - - - - - - - - - -"),
        Row(.entered, [.answered, .answeredEarly], "- - - - - - - - - - - 14 -"),
    ]

    @Test("each state decides on each input as the table says", arguments: rows)
    func table(row: Row) {
        #expect(row.decisions.count == State.allCases.count)
        for situation in row.situations {
            for (state, expected) in zip(State.allCases, row.decisions) {
                var policy = situation.policy
                #expect(policy.decide(row.input, in: state) == expected, "\(state), \(situation)")
            }
        }
    }

    @Test("the table names each situation once for each input")
    func isComplete() {
        for input in Set(Self.rows.map { "\($0.input)" }) {
            let named = Self.rows.filter { "\($0.input)" == input }.flatMap(\.situations)
            #expect(
                Set(named) == Set(Situation.allCases) && named.count == Situation.allCases.count,
                "\(input): \(named)"
            )
        }
    }

    @Test("after our last PDU no more than 64 MiB are discarded")
    func discard() {
        var policy = AssociationPolicy(role: .acceptor)
        #expect(policy.decide(.bytes(count: UpperLayerLimits.discardedBytes), in: .sta13) == .nothing)
        #expect(policy.decide(.bytes(count: 1), in: .sta13) == .close)
    }

    @Test("a response given in Sta10 goes out once, in Sta12")
    func once() {
        var policy = Situation.answeredEarly.policy
        #expect(policy.decide(.entered, in: .sta12) == .perform(.evt14))
        #expect(policy.decide(.entered, in: .sta12) == .nothing)
    }

    @Test("responses are held back only by an acceptor, in Sta6, while its peer still sends", arguments: State.allCases)
    func holding(state: State) {
        for situation in Situation.allCases {
            let policy = situation.policy
            let mayHold = state == .sta6 && (situation == .acceptor || situation == .answeredEarly)
            for isReadWithheld in [false, true] {
                for isWithinMessage in [false, true] {
                    let holds = policy.holdsResponses(
                        in: state,
                        isReadWithheld: isReadWithheld,
                        isWithinMessage: isWithinMessage
                    )
                    #expect(holds == (mayHold && (isReadWithheld || isWithinMessage)), "\(situation)")
                }
            }
        }
    }

    @Test("which A-ASSOCIATE PDU may come", arguments: State.allCases)
    func expectedAssociatePDU(state: State) {
        let expected: PDUDecoder.ExpectedAssociatePDU = [.sta2: .request, .sta5: .answer][state] ?? .none
        #expect(AssociationPolicy.expectedAssociatePDU(in: state) == expected)
    }
}
