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
        self.path = FilePath(platformString: bytes.map(CChar.init(bitPattern:)) + [0])
    }

    /// From the root; a relative path is one below the working directory.
    var absolute: FilePath {
        guard !path.isAbsolute, let working = getcwd(nil, 0) else { return path }
        defer { free(working) }
        var absolute = FilePath(platformString: working)
        absolute.append(path.components.filter { $0.kind != .currentDirectory })
        return absolute
    }

    var description: String { path.string }
    var defaultValueDescription: String { description }
}
