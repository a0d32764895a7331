import Associations
import Foundation

/// Which files go over which association: each proposes what its own files need, at most 128 presentation contexts (PS3.8 §9.3.2.2).
struct SendPlan {
    /// One SOP class in one transfer syntax: a context of its own, so that no file depends on the acceptor's preference.
    struct Context: Hashable, Sendable {
        var sopClassUID: String
        var transferSyntaxUID: String
    }

    /// What one association sends.
    struct Batch: Sendable {
        var contexts: [Context] = []
        var files: [SendFile] = []

        /// The context's id, odd, 1…255.
        func id(of context: Context) -> UInt8? {
            self.contexts.firstIndex(of: context).map { UInt8(2 * $0 + 1) }
        }

        var proposed: [ProposedPresentationContext] {
            self.contexts.enumerated().map { index, context in
                ProposedPresentationContext(
                    id: UInt8(2 * index + 1),
                    abstractSyntax: UID(context.sopClassUID),
                    transferSyntaxes: [UID(context.transferSyntaxUID)]
                )
            }
        }
    }

    static let contextsMax = 128

    /// Splits the files into `parallel` batches of about the same size, and further where one would need over 128 contexts.
    static func batches(_ files: [SendFile], parallel: Int) -> [Batch] {
        let share = max(1, (files.count + parallel - 1) / parallel)
        return stride(from: 0, to: files.count, by: share).flatMap { start in
            Self.split(files[start..<min(start + share, files.count)])
        }
    }

    private static func split(_ files: ArraySlice<SendFile>) -> [Batch] {
        var batches = [Batch()]
        for file in files {
            let context = file.context
            if !batches[batches.count - 1].contexts.contains(context) {
                if batches[batches.count - 1].contexts.count == Self.contextsMax { batches.append(Batch()) }
                batches[batches.count - 1].contexts.append(context)
            }
            batches[batches.count - 1].files.append(file)
        }
        return batches.filter { !$0.files.isEmpty }
    }

    /// A file to look at.
    struct Candidate: Sendable {
        var path: String
        /// The user named it, rather than a folder that holds it: then it is meant to be DICOM.
        var isNamed: Bool
    }

    /// The files named by `paths`, and the regular ones below those that are folders, in order. Blocks.
    static func candidates(at paths: [String]) -> [Candidate] {
        paths.flatMap { path -> [Candidate] in
            guard Self.isFolder(path) == true else { return [Candidate(path: path, isNamed: true)] }
            return (FileManager.default.subpaths(atPath: path) ?? []).sorted()
                .map { path + "/" + $0 }
                .filter { Self.isFolder($0) == false }
                .map { Candidate(path: $0, isNamed: false) }
        }
    }

    /// nil: there is nothing of that name.
    private static func isFolder(_ path: String) -> Bool? {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) ? isDirectory.boolValue : nil
    }
}

extension SendFile {
    var context: SendPlan.Context {
        SendPlan.Context(sopClassUID: self.sopClassUID, transferSyntaxUID: self.transferSyntaxUID)
    }
}
