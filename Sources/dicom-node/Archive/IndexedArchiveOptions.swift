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

    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration file of the node, in YAML.", valueName: "file")
    )
    var file: PathValue?

    @OptionGroup(title: "Archive") var settings: SettingOptions<Keys>

    /// *Errors*: exit code 78, when all that is wrong has been said.
    func read() throws(ExitCode) -> IndexedArchive {
        let sources = ConfigurationSources(
            commandLine: settings.texts,
            environment: ProcessEnvironment.variables,
            file: file
        )
        let values = try sources.effective().values
        return IndexedArchive(
            path: values.archive.path.path,
            database: values.index.location.database(of: values.archive.path.absolute)
        )
    }
}

/// An archive and its index.
struct IndexedArchive {
    /// As it was given.
    let path: FilePath
    let database: FilePath

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
