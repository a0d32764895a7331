import Instances
import NIOCore

/// An archived file as an object of the local archive: its threads read it.
final class StoredFile: StoredObject {
    private let file: ArchivedFile
    private let threads: IOThreads

    init(_ file: ArchivedFile, on threads: IOThreads) {
        self.file = file
        self.threads = threads
    }

    var head: FileMetaInformation { file.head }
    var dataSetLength: UInt64 { file.dataSetLength }
    var keptDigest: KeptDigest? { file.keptDigest }

    func secure() async throws(StoreError) {
        let file = file
        let result = await threads.run { Result { () throws(ArchiveError) in try file.secure() } }
        do throws(ArchiveError) { try result.get() } catch { throw StoreError(error) }
    }

    func read(at offset: UInt64, count: Int) async throws(StoreError) -> ByteBuffer {
        let file = file
        let wanted = Int(min(UInt64(max(0, count)), dataSetLength - min(offset, dataSetLength)))
        let result = await threads.run { () -> Result<ByteBuffer, ArchiveError> in
            var failure: ArchiveError?
            var buffer = ByteBufferAllocator().buffer(capacity: wanted)
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { bytes in
                do throws(ArchiveError) {
                    return try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted]), at: offset)
                } catch {
                    failure = error
                    return 0
                }
            }
            return failure.map { .failure($0) } ?? .success(buffer)
        }
        do throws(ArchiveError) { return try result.get() } catch { throw StoreError(error) }
    }
}
