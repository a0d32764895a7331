import Foundation
import TestSupport

/// A system call that has returned, or (for writes to a socket) has begun, in the order of the trace.
enum TracedEvent: Equatable {
    /// The data of an open file reached the disk.
    case fileSynced(String)
    /// A directory's entries reached the disk.
    case directorySynced(String)
    /// The whole file system was synced.
    case everythingSynced
    /// A name appeared.
    case named(String)
    /// A directory was made.
    case made(String)
    /// A C-STORE-RSP with this status is about to be written.
    case response(status: Int, sopInstanceUID: String)
}

/// Reads what strace wrote with -f -y -xx -s.
enum Trace {
    /// The system calls that can sync, name or answer.
    static let calls =
        "fsync,fdatasync,syncfs,sync,sync_file_range,link,linkat,rename,renameat,renameat2,mkdir,mkdirat,"
        + "write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg"

    /// strace and its options, before the command that it traces; -D keeps that command our own child, so that signals
    /// and exit codes are its.
    static func options(output: String) -> [String] {
        ["strace", "-D", "-f", "-y", "-xx", "-s", "4096", "-e", "trace=" + calls, "-e", "signal=none", "-o", output]
    }

    /// The events of a trace, in order.
    static func events(_ text: String) -> [TracedEvent] {
        var pending: [Substring: Substring] = [:]
        var events: [TracedEvent] = []
        for line in text.split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { continue }
            let thread = line[..<space]
            let call = line[line.index(after: space)...].drop { $0 == " " }
            if call.hasPrefix("<... ") {
                // Where it resumes, it has returned; what it was given stands where it began.
                guard let begun = pending.removeValue(forKey: thread), returned(call) else { continue }
                if let event = effect(begun) { events.append(event) }
            } else {
                events += responses(call)
                if call.contains("<unfinished ...>") {
                    pending[thread] = call
                } else if returned(call), let event = effect(call) {
                    events.append(event)
                }
            }
        }
        return events
    }

    /// The call ended, and not with an error.
    private static func returned(_ call: Substring) -> Bool {
        guard let equals = call.range(of: " = ", options: .backwards) else { return false }
        let result = call[equals.upperBound...]
        return !result.hasPrefix("-1") && !result.hasPrefix("?")
    }

    private static func effect(_ call: Substring) -> TracedEvent? {
        guard let parenthesis = call.firstIndex(of: "(") else { return nil }
        let name = call[..<parenthesis]
        let path = descriptorPath(call)
        switch name {
        case "fsync", "fdatasync":
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            return exists && isDirectory.boolValue ? .directorySynced(path) : .fileSynced(path)
        case "syncfs", "sync": return .everythingSynced
        case "link", "linkat", "rename", "renameat", "renameat2": return named(call).map { .named($0) }
        case "mkdir", "mkdirat": return named(call).map { .made($0) }
        default: return nil
        }
    }

    /// The path of the first argument, as -y shows it: `fsync(7</some/where>)`.
    private static func descriptorPath(_ call: Substring) -> String {
        guard let open = call.firstIndex(of: "<"), let close = call[open...].firstIndex(of: ">") else { return "" }
        return plain(call[call.index(after: open)..<close])
    }

    /// The last path of a naming call: its last string, below the directory descriptor before it if there is one.
    private static func named(_ call: Substring) -> String? {
        let parts = call.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        let name = plain(parts[parts.count - 2])
        let before = parts[parts.count - 3]
        guard !name.hasPrefix("/"), let open = before.lastIndex(of: "<"), let close = before.lastIndex(of: ">") else {
            return name
        }
        return plain(before[before.index(after: open)..<close]) + "/" + name
    }

    /// Text in which strace may have written bytes as \xHH.
    private static func plain(_ text: Substring) -> String {
        String(decoding: bytes(text), as: UTF8.self)
    }

    private static func bytes(_ text: Substring) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text.utf8[...]
        while let first = rest.first {
            if rest.starts(with: "\\x".utf8),
                let value = UInt8(String(decoding: rest.dropFirst(2).prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(4)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// Every C-STORE-RSP in the buffers of a writing call.
    private static func responses(_ call: Substring) -> [TracedEvent] {
        guard ["write(", "writev(", "sendto(", "sendmsg(", "sendmmsg("].contains(where: { call.hasPrefix($0) }) else {
            return []
        }
        let strings = call.split(separator: "\"", omittingEmptySubsequences: false)
        let data = strings.indices.filter { $0 % 2 == 1 }.flatMap { bytes(strings[$0]) }
        var events: [TracedEvent] = []
        // Command Field (0000,0100) = 8001H begins what interests us in a C-STORE-RSP.
        let field: [UInt8] = [0, 0, 0, 1, 2, 0, 0, 0, 1, 0x80]
        var offset = 0
        while offset + field.count <= data.count {
            guard data[offset..<offset + field.count].elementsEqual(field) else {
                offset += 1
                continue
            }
            offset += field.count
            if let response = elements(data, from: offset) { events.append(response) }
        }
        return events
    }

    /// Walks on from the Command Field to Status and Affected SOP Instance UID.
    private static func elements(_ data: [UInt8], from start: Int) -> TracedEvent? {
        var status: Int?
        var uid = ""
        var offset = start
        while offset + 8 <= data.count, data.little16(at: offset) == 0 {
            let element = data.little16(at: offset + 2)
            let length = data.little32(at: offset + 4)
            guard offset + 8 + length <= data.count else { break }
            let value = Array(data[offset + 8..<offset + 8 + length])
            if element == 0x0900, value.count == 2 { status = value.little16(at: 0) }
            if element == 0x1000 { uid = String(decoding: value, as: UTF8.self).trimmingPadding() }
            offset += 8 + length
        }
        return status.map { .response(status: $0, sopInstanceUID: uid) }
    }
}
