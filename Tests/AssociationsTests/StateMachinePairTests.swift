import Associations
import Testing

/// Both ends of an association at once, in every order in which things can happen to them.
@Suite struct StateMachinePairTests {
    /// All configurations that can be reached, breadth first, with what leads out of each.
    struct Search {
        var steps: [StateMachinePair: [StateMachinePair.Step]] = [:]

        init() throws {
            var queue = [StateMachinePair()]
            var next = 0
            while next < queue.count {
                let pair = queue[next]
                next += 1
                guard steps[pair] == nil else { continue }
                let successors = try pair.steps()
                steps[pair] = successors
                queue += successors.map(\.next)
            }
        }

        /// The configurations from which the end can be reached along steps of the given kind.
        func canEnd(along isAllowed: (StateMachinePair.Step) -> Bool) -> Set<StateMachinePair> {
            var predecessors: [StateMachinePair: [StateMachinePair]] = [:]
            for (pair, successors) in steps {
                for step in successors where isAllowed(step) { predecessors[step.next, default: []].append(pair) }
            }
            var queue = steps.keys.filter(\.isOver)
            var found = Set(queue)
            while let pair = queue.popLast() {
                for predecessor in predecessors[pair] ?? [] where found.insert(predecessor).inserted {
                    queue.append(predecessor)
                }
            }
            return found
        }
    }

    static let search = Result { try Search() }

    @Test("every state of both roles is visited") func everyStateOfBothRolesIsVisited() throws {
        let pairs = try Self.search.get().steps.keys
        // Sta9 and Sta11 are the requestor's, Sta10 and Sta12 the acceptor's, Sta4 and Sta5 need Evt1, Sta2 and Sta3
        // Evt5.
        #expect(
            Set(pairs.map(\.requestor.state)) == [.sta1, .sta4, .sta5, .sta6, .sta7, .sta8, .sta9, .sta11, .sta13]
        )
        #expect(
            Set(pairs.map(\.acceptor.state)) == [.sta1, .sta2, .sta3, .sta6, .sta7, .sta8, .sta10, .sta12, .sta13]
        )
        #expect(pairs.count > 300, "the search has found \(pairs.count) configurations only")
    }

    @Test("nothing stands still") func nothingStandsStill() throws {
        for (pair, steps) in try Self.search.get().steps where !pair.isOver {
            #expect(!steps.isEmpty, "deadlock:\n\(pair)")
        }
    }

    @Test("both can reach sta1 from everywhere without giving up") func bothCanReachSta1FromEverywhereWithoutGivingUp()
        throws
    {
        let search = try Self.search.get()
        let good = search.canEnd { !$0.isGivingUp }
        for pair in search.steps.keys { #expect(good.contains(pair), "no way out of:\n\(pair)") }
    }

    /// What no user has to ask for: deliveries and timers. Once one end is in Sta13 or Sta1 the other is not left
    /// behind.
    @Test("closing needs no user") func closingNeedsNoUser() throws {
        let search = try Self.search.get()
        let good = search.canEnd(along: \.isCertain)
        let closing = search.steps.keys.filter {
            $0.requestor.used && ($0.requestor.state == .sta13 || $0.acceptor.state == .sta13)
        }
        #expect(!closing.isEmpty)
        for pair in closing { #expect(good.contains(pair), "needs a user:\n\(pair)") }
    }

    @Test("timer runs exactly where the standard waits for it") func timerRunsExactlyWhereTheStandardWaitsForIt() throws
    {
        for pair in try Self.search.get().steps.keys {
            for role in Role.allCases {
                let end = pair[role]
                #expect(end.artimRuns == (end.state == .sta2 || end.state == .sta13), "\(role) in\n\(pair)")
            }
        }
    }

    /// Two ends that keep to the protocol never find fault with each other, whatever crosses on the way.
    @Test("conforming ends never accuse each other") func conformingEndsNeverAccuseEachOther() throws {
        for steps in try Self.search.get().steps.values {
            for step in steps {
                #expect(step.transition.action != .aa7 && step.transition.action != .aa8, "\(step)")
            }
        }
    }

    @Test("transport is closed once over") func transportIsClosedOnceOver() throws {
        for pair in try Self.search.get().steps.keys where pair.requestor.used {
            for role in Role.allCases where pair[role].state == .sta1 && pair[role].used {
                #expect(pair[role].connection == .closed, "\(role) in\n\(pair)")
            }
        }
    }

    /// A peer that keeps to nothing: in every state in which there is a connection, any PDU has an action.
    @Test("any PDU has an action while connected", arguments: Role.allCases, State.allCases)
    func anyPDUHasAnActionWhileConnected(role: Role, state: State) throws {
        guard state != .sta1, state != .sta4 else { return }
        for number in [3, 4, 6, 10, 12, 13, 16, 17, 19] {
            for event in StateMachineTableTests.events(number) {
                var machine = AssociationStateMachine(role: role, state: state)
                let transition = try machine.handle(event)
                #expect(transition.to == machine.state)
            }
        }
    }
}
