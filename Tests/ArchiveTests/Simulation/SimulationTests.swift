import Archive
import Glibc
import TestSupport
import Testing

/// Breaks the disk at every operation, in every way of `SimulatedDisk`, and asks one judge what is left.
///
/// `SIMULATION_SEED=… swift test --filter Simulation` replays one seed; `SIMULATION_RUNS=100000` runs that many.
@Suite struct ArchiveSimulationTests {
    static let variants: [Scenario.Options] = [
        variant { _ in },
        variant { $0.traits.hasNamelessFiles = false },
        variant { $0.traits.syncIsTrusted = false },
        variant {
            $0.traits.hasJournal = true; $0.interleaving = 4; $0.count = 6; $0.wholeFileSystemSyncMin = 9
        },
        variant {
            $0.interleaving = 3; $0.count = 6; $0.wholeFileSystemSyncMin = 1
        },
        variant {
            $0.duplicates = .replace; $0.names = 1; $0.count = 4
        },
    ]

    private static func variant(_ change: (inout Scenario.Options) -> Void) -> Scenario.Options {
        var options = Scenario.Options(seed: 7)
        change(&options)
        return options
    }

    @Test("files everything without faults", arguments: variants) func filesEverythingWithoutFaults(
        _ options: Scenario.Options
    ) {
        let scenario = Scenario(options)
        scenario.run()
        for attempt in scenario.history.all { #expect(throws: Never.self) { try attempt.answer?.get() } }
        #expect(scenario.history.all.count == options.count)
        #expect(scenario.openDescriptors() == [])
        #expect(scenario.verdict() == [])
    }

    static let faults: [FaultPlan.Fault] = [
        .error(ENOSPC), .error(EIO), .error(EMFILE), .interruption, .shortWrite, .lostWriteBack, .failedCommit,
    ]

    /// SQLite's I/O-error loop: the Nth operation fails, until a run has no Nth operation.
    @Test("survives a fault at every operation", arguments: variants, faults) func survivesAFaultAtEveryOperation(
        _ options: Scenario.Options,
        _ fault: FaultPlan.Fault
    ) {
        for operation in 1... {
            let scenario = Scenario(options, faults: FaultPlan(once: [operation: fault]))
            guard survives(scenario, "operation \(operation), \(fault)"), scenario.lastOperation >= operation
            else { return #expect(operation > 60) }
        }
    }

    /// The same, and from then on everything fails.
    @Test("survives faults from every operation on", arguments: variants, [FaultPlan.Fault.error(ENOSPC), .error(EIO)])
    func survivesFaultsFromEveryOperationOn(_ options: Scenario.Options, _ fault: FaultPlan.Fault) {
        for operation in 1... {
            let scenario = Scenario(options, faults: FaultPlan(forever: (operation, fault)))
            guard survives(scenario, "from operation \(operation) on, \(fault)"),
                scenario.lastOperation >= operation
            else { return #expect(operation > 60) }
        }
    }

    private func survives(_ scenario: Scenario, _ what: String) -> Bool {
        scenario.run()
        let found = scenario.openDescriptors() + scenario.verdict()
        #expect(found.isEmpty, "\(what): \(found.prefix(3))")
        return found.isEmpty
    }

    /// SQLite's crash loop: the machine stops before and after the Nth operation.
    @Test("survives a crash at every operation", arguments: variants, SimulatedDisk.Crash.allCases)
    func survivesACrashAtEveryOperation(
        _ options: Scenario.Options,
        _ crash: SimulatedDisk.Crash
    ) {
        for isDone in [false, true] {
            var operation = 1
            while true {
                let scenario = Scenario(options, faults: FaultPlan(once: [operation: .crash(isDone: isDone)]))
                scenario.run()
                guard scenario.disk.hasCrashed else { break }
                scenario.disk.restart(after: crash)
                let found = scenario.verdict()
                #expect(found.isEmpty, "operation \(operation), done: \(isDone): \(found.prefix(3))")
                guard found.isEmpty else { break }
                operation += 1
            }
            #expect(operation > 60)
        }
    }

    /// Everything drawn from a seed: the file system, the policies, the instances, and faults upon faults.
    @Test("survives whatever a seed brings") func survivesWhateverASeedBrings() {
        let seeds = Simulation.seeds(orCount: 500)
        print("SIMULATION_SEED=\(seeds.lowerBound) to \(seeds.upperBound - 1)")
        for seed in seeds {
            let found = Simulation.run(seed)
            #expect(found.isEmpty, "SIMULATION_SEED=\(seed): \(found.prefix(3))")
            guard found.isEmpty else { return }
        }
    }

    /// Seeds that once found a fault of the archive, as they are: a directory that was made but could not be opened was
    /// believed by the next attempt, although a sync of its parent had failed meanwhile.
    @Test("survives what failed lately", arguments: [59_977] as [UInt64]) func survivesWhatFailedLately(_ seed: UInt64)
    {
        #expect(Simulation.run(seed) == [])
    }

    /// Seeds that once found a fault of the archive: a new archive's own name lost; a replaced instance taken back
    /// together with the one that it replaced.
    @Test("survives what once failed", arguments: [3_018, 60_033, 51_440, 59_520] as [UInt64])
    func survivesWhatOnceFailed(_ seed: UInt64) {
        #expect(Simulation.run(seed, hasJournal: false) == [])
    }

    /// On a disk that lies about its syncs nothing is safe, and the judge must say so.
    @Test("notices a disk that lies") func noticesADiskThatLies() {
        var options = Scenario.Options(seed: 7)
        options.traits.lies = true
        let scenario = Scenario(options)
        scenario.run()
        #expect(scenario.history.judge(scenario.disk).contains { $0.contains("not durable") })
        scenario.disk.restart(after: .powerLosingAll)
        #expect(scenario.history.judge(scenario.disk).contains { $0.hasPrefix("lost") })
    }
}
