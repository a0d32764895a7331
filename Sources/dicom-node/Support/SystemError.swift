import Glibc

/// Why a system call failed, in the words of the C library.
struct SystemError: Error, Hashable, CustomStringConvertible {
    let number: Int32

    var description: String { String(cString: strerror(number)) }
}
