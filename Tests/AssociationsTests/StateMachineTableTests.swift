import Associations
import TestSupport
import Testing

/// PS3.8 Table 9-10, cell by cell, against the transcription of the standard's own.
@Suite struct StateMachineTableTests {
    /// One cell; `action` is nil where it is empty.
    struct Cell: Sendable, CustomTestStringConvertible {
        var event: Int
        var state: State
        var action: Action?

        var testDescription: String { "\(state) + Evt\(event) → \(action?.rawValue ?? "nothing")" }
    }

    static func cells() throws -> [Cell] {
        let lines = try Fixtures.text("upper-layer/table-9-10.csv").split(separator: "\n")
        let header = lines[0].split(separator: ",")
        try #require(header.map(String.init) == ["event"] + State.allCases.map(\.description))
        return try lines.dropFirst().enumerated().flatMap { index, line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            try #require(fields.count == 14 && fields[0] == "Evt\(index + 1)")
            return try zip(State.allCases, fields.dropFirst()).map { state, field in
                let action = Action(rawValue: String(field))
                try #require(field.isEmpty || action != nil, "no action is called \(field)")
                return Cell(event: index + 1, state: state, action: action)
            }
        }
    }

    /// The events of a number, with every payload that matters to an action.
    static func events(_ number: Int) -> [Event] {
        switch number {
        case 1: [.evt1(Sample.request)]
        case 2: [.evt2]
        case 3: [.evt3(Sample.acceptance)]
        case 4: [.evt4(.calledAETitleNotRecognized)]
        case 5: [.evt5]
        case 6: [.evt6(Sample.request, rejection: nil), .evt6(Sample.request, rejection: .protocolVersionNotSupported)]
        case 7: [.evt7(Sample.acceptance)]
        case 8: [.evt8(.callingAETitleNotRecognized)]
        case 9: [.evt9(Sample.data)]
        case 10: [.evt10]
        case 11: [.evt11]
        case 12: [.evt12]
        case 13: [.evt13]
        case 14: [.evt14]
        case 15: [.evt15]
        case 16:
            [
                .evt16(.serviceUser), .evt16(.serviceProvider(.unexpectedPDU)),
                .evt16(Abort(source: .reserved, reason: 9)), .evt16(Abort(source: .serviceProvider, reason: 3)),
            ]
        case 17: [.evt17]
        case 18: [.evt18]
        default: ProviderAbortReason.allCases.map { .evt19($0) }
        }
    }

    @Test("table has247 cells of123 filled") func tableHas247CellsOf123Filled() throws {
        let cells = try Self.cells()
        #expect(cells.count == 247)
        #expect(cells.filter { $0.action != nil }.count == 123)
        #expect(Set(cells.compactMap(\.action)).count == Action.allCases.count)
        #expect(Action.allCases.count == 28)
    }

    @Test("cell", arguments: try cells(), Role.allCases)
    func cell(_ cell: Cell, role: Role) throws {
        for event in Self.events(cell.event) {
            var machine = AssociationStateMachine(role: role, state: cell.state, request: Sample.request)
            let before = machine
            guard let action = cell.action else {
                #expect(throws: LocalMisuse(state: cell.state, event: cell.event)) { try machine.handle(event) }
                #expect(machine == before, "a refused event leaves the machine as it was")
                continue
            }
            let transition = try machine.handle(event)
            let expected = try #require(ExpectedEffects(action, event, role))
            #expect(transition.action == action)
            #expect(transition.from == cell.state)
            #expect(transition.to == expected.next)
            #expect(machine.state == expected.next)
            #expect(transition.artim == expected.artim)
            #expect(transition.pdu == expected.pdu)
            #expect(transition.indication == expected.indication)
            #expect(transition.transport == expected.transport)
            #expect(transition.event == cell.event)
            #expect(
                transition.description == "\(cell.state) + Evt\(cell.event) → \(action.rawValue) → \(expected.next)"
            )
        }
    }

    @Test("every event has its number") func everyEventHasItsNumber() {
        for number in 1...19 {
            for event in Self.events(number) {
                #expect(event.number == number)
                #expect(event.description == "Evt\(number)")
            }
        }
    }
}
