/// What goes wrong with a simulated disk, by the number of the operation, from 1.
package struct FaultPlan: Sendable {
    package enum Fault: Hashable, Sendable {
        /// The operation fails with this `errno` and does nothing; a sync that fails loses data.
        case error(Int32)
        /// A signal interrupts the operation before it does anything.
        case interruption
        /// If the operation is a write, it takes only a part.
        case shortWrite
        /// Some unsynced data fails to be written while no call waits for it; the operation goes on.
        case lostWriteBack
        /// The journal's commit fails while no call waits for it; the operation goes on, if it changes nothing.
        case failedCommit
        /// The machine stops, just before or just after the operation.
        case crash(isDone: Bool)
    }

    /// Faults of single operations.
    package var once: [Int: Fault]
    /// From this operation on, all fail.
    package var forever: (from: Int, fault: Fault)?

    package init(once: [Int: Fault] = [:], forever: (from: Int, fault: Fault)? = nil) {
        self.once = once
        self.forever = forever
    }

    func fault(at operation: Int) -> Fault? {
        if let forever, operation >= forever.from { return forever.fault }
        return once[operation]
    }
}
