internal import Foundation
internal import FuzzBodies

/// Writes the seeds of every target, and its packed corpus, into a folder of its own below `folder`.
///
/// - Returns: 0, or 1 if that failed; why is on standard error.
@c(fuzz_write_seeds)
public func writeSeeds(_ folder: UnsafePointer<CChar>) -> CInt {
    forEachTarget(folder) { target, corpus in
        try FileManager.default.createDirectory(at: corpus, withIntermediateDirectories: true)
        for seed in try target.seeds() + target.corpus() {
            try Data(seed.bytes).write(to: corpus.appending(path: seed.name))
        }
    }
}

/// Makes `Fixtures/corpus` of the inputs in each target's folder below `folder`.
///
/// - Returns: 0, or 1 if that failed; why is on standard error.
@c(fuzz_pack_corpus)
public func packCorpus(_ folder: UnsafePointer<CChar>) -> CInt {
    forEachTarget(folder) { target, corpus in try target.pack(corpus) }
}

private func forEachTarget(_ folder: UnsafePointer<CChar>, _ act: (FuzzTarget, URL) throws -> Void) -> CInt {
    do {
        let folder = URL(filePath: String(cString: folder))
        for target in FuzzTarget.allCases { try act(target, folder.appending(path: target.rawValue)) }
        return 0
    } catch {
        try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
        return 1
    }
}
