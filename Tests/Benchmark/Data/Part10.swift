import Foundation
import Glibc

/// A file of PS3.10: what its meta header says and where its data set starts.
struct Part10Header {
    private(set) var sopClassUID = ""
    private(set) var sopInstanceUID = ""
    private(set) var transferSyntaxUID = ""
    private(set) var dataSetOffset = 0

    /// Reads the meta header in `bytes`, the start of a file; nil: no such file.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 144, bytes[128..<132].elementsEqual("DICM".utf8) else { return nil }
        var elements = ElementHeaders(bytes, implicit: false, from: 132)
        guard let group = elements.next(), group.tag == 0x0002_0000, group.value.count == 4 else { return nil }
        let end = group.value.upperBound + Int(bytes.littleEndian32(group.value.lowerBound))
        guard end <= bytes.count else { return nil }
        while let element = elements.next(), element.start < end {
            let text = String(decoding: bytes[element.value], as: UTF8.self).trimmingCharacters(in: ["\0", " "])
            switch element.tag {
            case 0x0002_0002: sopClassUID = text
            case 0x0002_0003: sopInstanceUID = text
            case 0x0002_0010: transferSyntaxUID = text
            default: break
            }
        }
        dataSetOffset = end
    }

    /// Preamble and meta header for an instance, to write it to a file (PS3.10 §7.1).
    static func encode(_ instance: Instance) -> [UInt8] {
        var meta = DataSetWriter()
        meta.bytes(0x0002_0001, "OB", [0, 1])
        meta.text(0x0002_0002, "UI", instance.sopClassUID)
        meta.text(0x0002_0003, "UI", instance.sopInstanceUID)
        meta.text(0x0002_0010, "UI", instance.transferSyntaxUID)
        meta.text(0x0002_0012, "UI", implementationClassUID)
        let body = meta.encoded()
        var header = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        header += [2, 0, 0, 0] + Array("UL".utf8) + [4, 0] + DataSetWriter.littleEndian(UInt32(body.count))
        return header + body
    }
}

/// The implementation that made these associations and files: a UID of the root 2.25, drawn once.
let implementationClassUID = "2.25.143982203814412731949377421703359127342"

/// The instances in files and folders, in the order of their paths.
func readInstances(_ paths: [String]) throws -> [Instance] {
    var files: [String] = []
    for path in paths {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw BenchError.unusable("\(path): not found")
        }
        files += isFolder.boolValue ? filesBelow(path) : [path]
    }
    let instances: [Instance] = try files.sorted().compactMap { file in
        let bytes = try contents(of: file)
        guard let header = Part10Header(bytes) else { return nil }
        return try Instance(
            sopClassUID: header.sopClassUID,
            sopInstanceUID: header.sopInstanceUID,
            transferSyntaxUID: header.transferSyntaxUID,
            dataSet: Array(bytes[header.dataSetOffset...])
        )
    }
    guard !instances.isEmpty else { throw BenchError.unusable("no DICOM file among \(paths.joined(separator: ", "))") }
    return instances
}

/// The regular files below a folder. An archive of 100,000 files is walked often: no `stat` of each.
func filesBelow(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var files: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if entry.pointee.d_type == UInt8(DT_REG) {
            files.append(folder + "/" + name)
        } else if entry.pointee.d_type == UInt8(DT_DIR), name != ".", name != ".." {
            files += filesBelow(folder + "/" + name)
        }
    }
    return files
}
