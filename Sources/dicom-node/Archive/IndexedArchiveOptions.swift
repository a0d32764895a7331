import ArgumentParser
import Glibc
import Index
import SystemPackage

/// Which archive, and where its index is: by the configuration of the node, or by options.
struct IndexedArchiveOptions: ParsableArguments {
    /// The keys that say it.
    enum Keys: KeySelection {
        static var keys: [ConfigurationKey] { ["archive.path", "index.url"].compactMap(ConfigurationKey.named) }
    }

    @OptionGroup(title: "Archive") var options: KeyOptions<Keys>

    /// *Errors*: exit code 78, when all that is wrong has been said.
    func read() throws(ExitCode) -> IndexedArchive {
        IndexedArchive(try options.values())
    }
}

/// An archive and its index.
struct IndexedArchive {
    /// As it was given.
    let path: FilePath
    let database: FilePath

    init(_ values: NodeConfiguration) {
        path = values.archive.path.path
        database = values.index.location.database(of: values.archive.path.absolute)
    }

    /// From the root.
    var absolutePath: FilePath { PathValue(path).absolute }

    /// Opens the index for reading.
    ///
    /// *Errors*: exit code 1, when the reason has been said.
    func open() throws(ExitCode) -> IndexDatabase {
        do {
            var status = stat()
            guard stat(path.string, &status) == 0 else {
                throw IndexError.refused("\(path): \(String(cString: strerror(errno)))")
            }
            return try IndexDatabase(reading: database)
        } catch {
            throw failure(error)
        }
    }

    /// Says what is wrong.
    func failure(_ error: any Error) -> ExitCode {
        StandardStream.error.writeLine(StandardErrorLogHandler.escaped("\(IndexError(error, at: database))"))
        return .failure
    }
}
