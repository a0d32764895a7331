import ArgumentParser
import Foundation

/// `dicom-bench data`: the synthetic data sets as files, for other programs.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Writes a synthetic data set as DICOM files, the same on every machine."
    )

    @Argument(help: "Which: ct, small, large, jpeg or study.") var data: Workload
    @Argument(help: "The folder to write to.") var folder: String
    @Option(help: "How many instances.") var count: Int?

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let instances = try data.instances(count: count)
        for (index, instance) in instances.enumerated() {
            let name = "\(data.rawValue)\(String(100_000 + index).dropFirst()).dcm"
            try write(Part10Header.encode(instance) + instance.dataSet, to: folder + "/" + name)
        }
        print("\(instances.count) files, \(instances.map(\.dataSet.count).reduce(0, +)) bytes of data sets")
    }
}
