import Testing

@testable import ApplicationEntities

/// The sums of what peers can make the node hold (promise 6).
@Suite struct MemoryTests {
    @Test("what one association can hold is a small constant, and what all can hold follows from the settings")
    func sums() {
        let limits = Limits()
        #expect(limits.associationMemory < 64 << 20)
        var more = limits
        more.objectSize = 1 << 40
        #expect(more.associationMemory == limits.associationMemory)
        more.associations = 2 * limits.associations
        #expect(more.nodeMemory > limits.nodeMemory)
    }
}
