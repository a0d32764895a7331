import Glibc

/// What one association's processor time goes to, without sockets, disk, threads and time: for valgrind to count
/// instructions in.
///
/// `hot-path WORK COUNT` serves an association on which so many objects (`small`: 16 KiB, `ct`: 512 KiB) are stored, or
/// so many associations one after the other (`association`: C-ECHO). The real nursery serves each, on an embedded event
/// loop: everything runs on the main thread, in the same order each time. The difference between two counts is what
/// each more object costs, whatever the start took.
@main
enum HotPath {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let work = Work(rawValue: arguments[1]), let count = Int(arguments[2]), count > 0
        else {
            print("usage: hot-path association|small|ct COUNT")
            exit(64)
        }
        do {
            try await work.run(count)
        } catch {
            print("hot-path: \(error)")
            exit(1)
        }
    }
}

/// A script of PDUs.
enum Work: String {
    case association, small, report, ct

    func run(_ count: Int) async throws {
        let script = Script()
        let node = try EmbeddedNode()
        switch self {
        case .association:
            for _ in 0..<count { try await node.serve(script.request, [script.echo]) }
        case .small:
            let reads = script.store(pixelBytes: 12 << 10)
            try await node.serve(script.request, Array(repeating: reads, count: count))
        case .report:
            let reads = script.store(pixelBytes: 1 << 10, measurements: 60)
            try await node.serve(script.request, Array(repeating: reads, count: count))
        case .ct:
            let reads = script.store(pixelBytes: 512 << 10)
            try await node.serve(script.request, Array(repeating: reads, count: count))
        }
    }
}

/// The script went another way than it should have.
struct UnexpectedCourse: Error, CustomStringConvertible {
    let description: String
}
