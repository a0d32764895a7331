import CLinux
import Glibc

/// The variables that the process was started with, as texts of ``ProcessArguments``: values are bytes.
enum ProcessEnvironment {
    static var variables: [String: String] {
        var variables: [String: String] = [:]
        var index: Int32 = 0
        while let variable = linux_environment(index) {
            let bytes = UnsafeBufferPointer(start: variable, count: strlen(variable)).map(UInt8.init(bitPattern:))
            if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                let name = ProcessArguments.text(of: Array(bytes[..<equals]))
                variables[name] = ProcessArguments.text(of: Array(bytes[(equals + 1)...]))
            }
            index += 1
        }
        return variables
    }
}
