import Foundation
import TestSupport
import Testing

@Suite("The list of what the binary contains")
struct SBOMTests {
    private struct Document: Decodable {
        struct Component: Decodable {
            let name: String
            let version: String
            let purl: String?
            let components: [Component]?
        }

        let serialNumber: String
        let components: [Component]
    }

    private static func make(in directory: TemporaryDirectory, _ name: String = "bom.json") throws -> Document {
        let path = directory.path + "/" + name
        let result = try run(packageRoot.appendingPathComponent(".ci/sbom").path, [nodeExecutable, path])
        guard result.succeeded else { throw ProcessError("sbom: \(result)") }
        return try JSONDecoder().decode(Document.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    @Test("it is a CycloneDX document, and the same for the same binary")
    func schema() throws {
        let directory = try TemporaryDirectory()
        let document = try Self.make(in: directory)
        let validator = packageRoot.appendingPathComponent("Tests/InteroperabilityTests/sbom/validate.py").path
        let result = try run(python, [validator, directory.path + "/bom.json"])
        #expect(result.succeeded, "\(result)")
        #expect(document.serialNumber == (try Self.make(in: directory, "again.json")).serialNumber)
    }

    @Test("it names the packages that are linked with their resolved versions, and no other")
    func swiftPackages() throws {
        let components = try Self.make(in: TemporaryDirectory()).components
        let resolved = try String(contentsOf: packageRoot.appendingPathComponent("Package.resolved"), encoding: .utf8)
        for name in ["swift-nio", "swift-nio-ssl", "swift-crypto", "swift-log", "swift-argument-parser"] {
            let component = try #require(components.first { $0.name == name }, "\(name) is missing")
            #expect(resolved.contains("\"\(component.version)\""), "\(name) \(component.version)")
            #expect(component.purl?.hasSuffix("/\(name)@\(component.version)") == true)
        }
        // Of dicom-bench.
        #expect(!components.contains { $0.name == "hdrhistogram-swift" })
        let copies = components.compactMap(\.components).joined()
        #expect(copies.contains { $0.name == "boringssl" && $0.version.count == 40 }, "what does TLS")
    }

    @Test("every shared library of the binary belongs to a Debian package that it names")
    func sharedLibraries() throws {
        let components = try Self.make(in: TemporaryDirectory()).components
        let names = Set(components.filter { $0.purl?.hasPrefix("pkg:deb/") == true }.map(\.name))
        #expect(names.isSuperset(of: ["libc6", "libdcmtk17", "libxxhash0", "zlib1g", "libstdc++6"]), "\(names)")
        let version = try run("dpkg-query", ["-W", "-f", "${Version}", "libdcmtk17"]).output
        #expect(components.first { $0.name == "libdcmtk17" }?.version == version)
    }
}
