internal import Foundation
internal import FuzzBodies

/// Writes the seeds of every target into a folder of its own below `folder`.
///
/// - Returns: 0, or 1 if that failed; why is on standard error.
@c(fuzz_write_seeds)
public func writeSeeds(_ folder: UnsafePointer<CChar>) -> CInt {
    do {
        for target in FuzzTarget.allCases {
            let corpus = URL(filePath: String(cString: folder)).appending(path: target.rawValue)
            try FileManager.default.createDirectory(at: corpus, withIntermediateDirectories: true)
            for seed in try target.seeds() {
                try Data(seed.bytes).write(to: corpus.appending(path: seed.name))
            }
        }
        return 0
    } catch {
        try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
        return 1
    }
}
