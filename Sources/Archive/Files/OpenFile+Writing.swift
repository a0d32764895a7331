import CLinux
import Glibc

extension OpenFile {
    /// Appends bytes, all of them.
    func write(_ bytes: [UInt8]) throws(SystemError) {
        let result = bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: 1) { slices in
                slices.initializeElement(at: 0, to: bytes)
                return write(header: [], UnsafeBufferPointer(slices))
            }
        }
        try result.get()
    }

    /// Appends a header and then slices of memory that the caller keeps, all of it, without copying any.
    ///
    /// A `Result`, because a closure of typed errors inside the borrowing calls is beyond the compiler.
    func write(
        header: [UInt8],
        _ slices: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) -> Result<Void, SystemError> {
        header.withUnsafeBytes { header in
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: slices.count + 1) { vectors in
                var count = 0
                if !header.isEmpty {
                    vectors.initializeElement(at: count, to: iovec(header))
                    count += 1
                }
                for slice in slices where !slice.isEmpty {
                    vectors.initializeElement(at: count, to: iovec(slice))
                    count += 1
                }
                return writeAll(UnsafeMutableBufferPointer(rebasing: vectors[..<count]))
            }
        }
    }

    /// Writes until nothing is left: the kernel may take less than it is offered.
    private func writeAll(_ vectors: UnsafeMutableBufferPointer<iovec>) -> Result<Void, SystemError> {
        var rest = vectors
        while !rest.isEmpty {
            var taken: Int
            do throws(SystemError) {
                taken = try SystemError.retrying { () throws(SystemError) in
                    try disk.write(UnsafeBufferPointer(rest), to: descriptor)
                }
            } catch {
                return .failure(error)
            }
            // Nothing taken and no reason given: a full device in disguise, never a success.
            guard taken > 0 else { return .failure(SystemError(code: EIO)) }
            while let first = rest.first, taken > 0 {
                if taken >= first.iov_len {
                    taken -= first.iov_len
                    rest = UnsafeMutableBufferPointer(rebasing: rest.dropFirst())
                } else {
                    rest[0].iov_base = first.iov_base.advanced(by: taken)
                    rest[0].iov_len -= taken
                    taken = 0
                }
            }
        }
        return .success(())
    }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}
