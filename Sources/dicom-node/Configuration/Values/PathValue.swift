import ArgumentParser
import Glibc
import SystemPackage

/// A path on the command line: any bytes.
struct PathValue: ExpressibleByArgument, CustomStringConvertible {
    let path: FilePath

    init(_ path: FilePath) {
        self.path = path
    }

    init?(argument: String) {
        let bytes = ProcessArguments.bytes(of: argument)
        guard !bytes.isEmpty, !bytes.contains(0) else { return nil }
        path = FilePath(platformString: bytes.map(CChar.init(bitPattern:)) + [0])
    }

    /// From the root, without empty names and `.`; links and `..` stay, because only the kernel knows where they lead.
    /// A relative path is one below the working directory.
    var absolute: FilePath {
        var absolute: FilePath = "/"
        if !path.isAbsolute, let working = getcwd(nil, 0) {
            defer { free(working) }
            absolute = FilePath(platformString: working)
        }
        absolute.append(path.components.filter { $0.kind != .currentDirectory })
        return absolute
    }

    var description: String { path.string }
    var defaultValueDescription: String { description }
}
