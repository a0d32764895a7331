import ArgumentParser

/// `dicom-node config example`: a file with every key.
struct ConfigExample: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "example",
        abstract: "Print a configuration file with every key, its meaning and its default."
    )

    func run() {
        StandardStream.output.write(ConfigurationText.example)
    }
}
