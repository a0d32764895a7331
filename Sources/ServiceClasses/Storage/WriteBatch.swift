package import NIOCore

/// Bytes of a data set on their way to the store: slices of the socket's read buffers, gathered for one write.
///
/// Short slices are copied together, so that a peer that sends 2-byte fragments pins no read buffer for each.
package struct WriteBatch: Sendable {
    /// When a batch is full.
    package struct Limits: Sendable {
        package var bytes: Int
        package var slices: Int
        package var copiedSliceBytes: Int

        package init(bytes: Int, slices: Int, copiedSliceBytes: Int) {
            self.bytes = bytes
            self.slices = slices
            self.copiedSliceBytes = copiedSliceBytes
        }
    }

    package private(set) var buffers: [ByteBuffer] = []
    private var isLastOurs = false
    private var pinnedBytes = 0
    /// Address of the storage of the last slice, to tell one read buffer from the next.
    private var lastStorage: UInt = 0

    package init() {}

    package var isEmpty: Bool { buffers.isEmpty }

    /// Counts what the slices keep alive, which is more than what they show.
    package func isFull(_ limits: Limits) -> Bool {
        pinnedBytes >= limits.bytes || buffers.count >= limits.slices
    }

    package mutating func append(_ bytes: ByteBuffer, limits: Limits) {
        guard bytes.readableBytes >= limits.copiedSliceBytes else {
            copy(bytes, capacity: 16 * limits.copiedSliceBytes)
            return
        }
        let storage = bytes.withUnsafeReadableBytesWithStorageManagement { UInt(bitPattern: $1.toOpaque()) }
        if storage != lastStorage {
            lastStorage = storage
            pinnedBytes += bytes.storageCapacity
        }
        buffers.append(bytes)
        isLastOurs = false
    }

    private mutating func copy(_ bytes: ByteBuffer, capacity: Int) {
        guard bytes.readableBytes > 0 else { return }
        if isLastOurs, buffers[buffers.count - 1].writableBytes >= bytes.readableBytes {
            buffers[buffers.count - 1].writeImmutableBuffer(bytes)
            return
        }
        var buffer = ByteBufferAllocator().buffer(capacity: max(capacity, bytes.readableBytes))
        buffer.writeImmutableBuffer(bytes)
        pinnedBytes += buffer.capacity
        buffers.append(buffer)
        isLastOurs = true
    }
}
