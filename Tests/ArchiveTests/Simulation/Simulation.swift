import Archive
import Glibc
import TestSupport

/// Seeded runs.
enum Simulation {
    /// The seeds to run: from the environment variable `SIMULATION_SEED` on, as many as `SIMULATION_RUNS` says; one, if
    /// only the seed is given.
    static func seeds(orCount count: UInt64) -> Range<UInt64> {
        let first = number("SIMULATION_SEED")
        let runs = number("SIMULATION_RUNS") ?? (first == nil ? count : 1)
        return (first ?? 0)..<(first ?? 0) + runs
    }

    private static func number(_ variable: String) -> UInt64? {
        getenv(variable).flatMap { UInt64(String(cString: $0)) }
    }

    /// One run: faults, a crash perhaps, faults and crashes in the recovery, and the verdict.
    ///
    /// - Parameter hasJournal: The disk's journal may fail; nil: as the seed says.
    static func run(_ seed: UInt64, hasJournal: Bool? = nil) -> [String] {
        var generator = SeededGenerator(seed: seed)
        var options = options(&generator, seed)
        // Drawn apart, so that seeds which once found something still find it. Without syncs no call would report it.
        var journal = SeededGenerator(seed: ~seed)
        options.traits.hasJournal = hasJournal ?? (options.sync == .always && !journal.oneIn(3))
        let scenario = Scenario(options, faults: faults(&generator, until: 150, options))
        scenario.run()
        var found: [String] = scenario.disk.hasCrashed ? [] : scenario.openDescriptors()
        // Compound faults: the recovery fails and crashes too.
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            scenario.end()
            let crashes: [SimulatedDisk.Crash] = options.sync == .always ? SimulatedDisk.Crash.allCases : [.process]
            scenario.disk.restart(
                after: crashes.randomElement(using: &generator) ?? .process,
                faults: faults(&generator, until: 60, options)
            )
            scenario.run()
        }
        if scenario.disk.hasCrashed { scenario.disk.restart(after: options.sync == .always ? .power : .process) }
        found += scenario.verdict()
        return found
    }

    /// Swarm: each run has some traits and lacks others.
    private static func options(_ generator: inout SeededGenerator, _ seed: UInt64) -> Scenario.Options {
        var options = Scenario.Options(seed: seed)
        options.count = Int.random(in: 1...8, using: &generator)
        options.names = Int.random(in: 1...6, using: &generator)
        options.traits.hasNamelessFiles = !generator.oneIn(3)
        options.traits.syncIsTrusted = !generator.oneIn(3)
        options.sync = generator.oneIn(6) ? .never : .always
        options.duplicates = DuplicatePolicy.allCases.randomElement(using: &generator) ?? .keepBoth
        options.interleaving = generator.oneIn(3) ? 0 : Int.random(in: 1...12, using: &generator)
        options.wholeFileSystemSyncMin = Int.random(in: 1...4, using: &generator)
        return options
    }

    private static func faults(_ generator: inout SeededGenerator, until last: Int, _ options: Scenario.Options)
        -> FaultPlan
    {
        var kinds: [FaultPlan.Fault] = [
            .error(ENOSPC), .error(EIO), .error(EMFILE), .error(ENOMEM), .error(EACCES), .interruption, .shortWrite,
            .lostWriteBack, .crash(isDone: false), .crash(isDone: true),
        ]
        if options.traits.hasJournal { kinds += [.failedCommit, .failedCommit] }
        // Without a sync no call reports it.
        if options.sync == .never { kinds.removeAll { $0 == .lostWriteBack } }
        var plan = FaultPlan()
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            plan.once[Int.random(in: 1...last, using: &generator)] = kinds.randomElement(using: &generator)
        }
        if generator.oneIn(5), let kind = kinds.randomElement(using: &generator) {
            plan.forever = (Int.random(in: 1...last, using: &generator), kind)
        }
        return plan
    }
}
