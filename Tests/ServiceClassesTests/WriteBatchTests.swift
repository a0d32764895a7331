import NIOCore
import Testing

@testable import ServiceClasses

/// What is on its way to the disk, and what it keeps alive.
@Suite struct WriteBatchTests {
    private static let limits = WriteBatch.Limits(bytes: 1 << 20, slices: 1_000, copiedSliceBytes: 1_024)

    private func bytes(of batch: WriteBatch) -> [UInt8] {
        batch.buffers.flatMap { Array($0.readableBytesView) }
    }

    @Test("long slices are kept as they are, short ones copied together, in order")
    func order() {
        var batch = WriteBatch()
        var expected: [UInt8] = []
        for (index, size) in [2, 2_000, 1, 0, 3, 5_000, 1_023, 1_024, 7].enumerated() {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &+ index) }
            expected += bytes
            batch.append(ByteBuffer(bytes: bytes), limits: Self.limits)
        }
        #expect(self.bytes(of: batch) == expected)
    }

    @Test("fragments of two bytes do not pin a read buffer each (quirk 23)")
    func smallFragments() {
        var batch = WriteBatch()
        for _ in 0..<10_000 {
            // A read buffer of 256 KiB of which the peer's fragment is two bytes.
            var read = ByteBufferAllocator().buffer(capacity: 262_144)
            read.writeBytes([1, 2])
            batch.append(read, limits: Self.limits)
        }
        #expect(batch.buffers.count <= 3)
        #expect(batch.buffers.reduce(0) { $0 + $1.capacity } < 65_536)
        #expect(bytes(of: batch).count == 20_000)
    }

    @Test("a batch is full by what it pins, not by what it shows")
    func pinned() {
        var batch = WriteBatch()
        for _ in 0..<3 {
            var read = ByteBufferAllocator().buffer(capacity: 262_144)
            read.writeRepeatingByte(7, count: 2_000)
            batch.append(read, limits: Self.limits)
            #expect(!batch.isFull(Self.limits))
        }
        var read = ByteBufferAllocator().buffer(capacity: 262_144)
        read.writeRepeatingByte(7, count: 2_000)
        batch.append(read, limits: Self.limits)
        #expect(batch.isFull(Self.limits))
    }

    @Test("slices of one read count once")
    func oneRead() throws {
        var batch = WriteBatch()
        var read = ByteBufferAllocator().buffer(capacity: 262_144)
        read.writeRepeatingByte(7, count: 200_000)
        while let slice = read.readSlice(length: 2_000) {
            batch.append(slice, limits: Self.limits)
        }
        #expect(!batch.isFull(Self.limits))
        #expect(batch.buffers.count == 100)
    }
}
