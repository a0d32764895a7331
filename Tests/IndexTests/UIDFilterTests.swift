import Testing

@testable import Index

@Suite struct UIDFilterTests {
    @Test("what was put in is always found, and little else")
    func finds() {
        let filter = UIDFilter(capacity: 100_000)
        for number in 0..<100_000 { filter.insert("1.2.840.\(number)") }
        let areFound = (0..<100_000).allSatisfy { filter.mayContain("1.2.840.\($0)") }
        #expect(areFound)
        let falsely = (0..<100_000).count { filter.mayContain("1.3.840.\($0)") }
        // One in two hundred; twice as many are a defect of the hashing.
        #expect(falsely < 1_000)
        #expect(!filter.isFull)
        filter.insert("1")
        #expect(filter.isFull)
    }
}
