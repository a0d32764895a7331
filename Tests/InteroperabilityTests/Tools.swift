import Foundation
import TestSupport

/// Python in the virtual environment that `make test` makes, with pynetdicom.
let python = packageRoot.appendingPathComponent(".build/python/bin/python").path

/// One of the scripts beside these tests.
func script(_ name: String) -> String {
    packageRoot.appendingPathComponent("Tests/InteroperabilityTests/pynetdicom/\(name).py").path
}

/// Every committed instance under Fixtures/instances.
let fixtures: [String] = {
    let directory = packageRoot.appendingPathComponent("Fixtures/instances").path
    return ((try? filesBelow(directory)) ?? []).filter { $0.hasSuffix(".dcm") }.map { directory + "/" + $0 }
}()

/// Writes a file of the given transfer syntax, which DCMTK will read; the pixel data of a compressed one is no image.
func sample(
    in directory: TemporaryDirectory,
    transferSyntaxUID: String = RawUID.explicitLittle,
    sopInstanceUID: String,
    pixels: Int = 512
) throws -> String {
    let dataSet =
        RawDataSet.Encoding(rawValue: transferSyntaxUID).map {
            RawDataSet.image($0, sopInstanceUID: sopInstanceUID, pixels: pixels)
        } ?? RawDataSet.encapsulatedImage(sopInstanceUID: sopInstanceUID)
    return try directory.write(
        part10(
            sopClassUID: RawUID.ctImage,
            sopInstanceUID: sopInstanceUID,
            transferSyntaxUID: transferSyntaxUID,
            dataSet: dataSet
        ),
        to: sopInstanceUID + ".dcm"
    )
}

/// The file as DCMTK's senders put it on the wire: they decode and encode again, with explicit lengths.
func normalized(_ path: String, in directory: TemporaryDirectory, _ options: [String] = []) throws -> String {
    let output = directory.path + "/normalized-" + URL(fileURLWithPath: path).lastPathComponent
    let result = try run("dcmconv", options + [path, output])
    guard result.succeeded else { throw ProcessError("dcmconv \(path): \(result)") }
    return output
}

/// The exit code of a finished command, or its signal as a shell shows it.
func exitCode(_ termination: Termination) -> Int32 {
    switch termination {
    case .exit(let code): code
    case .signal(let signal): 128 + signal
    }
}
