import CZlib
import Testing

@testable import DataSets

private let deflated = "1.2.840.10008.1.2.1.99"

/// Deflated data sets (PS3.5 Annex A.5): walked while they are inflated, and never past the caps.
@Suite struct DeflatedDataSetTests {
    @Test("is walked") func isWalked() {
        let bytes = deflate(DataSetBuilder.minimal().bytes)
        let result = scan(bytes, deflated)
        #expect(result.fault == nil)
        #expect(result.notes == [])
        #expect(result.identity.sopInstanceUID == "2.25.1")
        expectSameHoweverCut(bytes, deflated)
        // One NUL makes the length even.
        #expect(scan(bytes + [0], deflated).notes == [])
        #expect(scan(bytes + [0, 0], deflated).notes == .trailingPadding)
    }

    @Test("a zlib header is accepted") func aZlibHeaderIsAccepted() {
        let result = scan(deflate(DataSetBuilder.minimal().bytes, windowBits: 15), deflated)
        #expect(result.fault == nil)
        #expect(result.notes == .zlibHeader)
    }

    @Test("every truncation is a fault") func everyTruncationIsAFault() {
        let bytes = deflate(DataSetBuilder.minimal().bytes)
        for count in bytes.indices {
            let kind = scan(Array(bytes[..<count]), deflated).fault?.kind
            #expect(kind == (count == 0 ? .empty : .truncated), "\(count) bytes")
        }
    }

    @Test("a fault inside is a fault") func aFaultInsideIsAFault() {
        var builder = DataSetBuilder.minimal()
        builder.header(0x0040_A160, "UT", length: 100)
        #expect(scan(deflate(builder.bytes), deflated).fault?.kind == .truncated)
        #expect(scan(Array("no deflate stream".utf8), deflated).fault?.kind == .deflate)
        #expect(scan(deflate([]), deflated).fault?.kind == .empty)
    }

    /// 64 MiB of zeros in 64 KiB (hostile 34). The walk stops at the cap; what it is was seen before.
    @Test("a bomb is not inflated") func aBombIsNotInflated() {
        var builder = DataSetBuilder.minimal()
        builder.element(0x7FE0_0010, "OW", [UInt8](repeating: 0, count: 64 << 20))
        let bomb = deflate(builder.bytes)
        let result = scan(bomb, deflated)
        #expect(result.fault == nil)
        #expect(result.notes == .unchecked)
        #expect(result.identity.sopInstanceUID == "2.25.1")
        #expect(scan(bomb, deflated, cuts: stride(from: 0, to: bomb.count, by: 1000)) == result)
        // Nothing behind the cap is looked at, not even a truncation.
        #expect(scan(Array(bomb.dropLast(5)), deflated) == result)
    }

    @Test("a bomb without an identity is a fault") func aBombWithoutAnIdentityIsAFault() {
        var builder = DataSetBuilder()
        builder.element(0x7FE0_0010, "OW", [UInt8](repeating: 0, count: 16 << 20))
        #expect(scan(deflate(builder.bytes), deflated).fault?.kind == .deflate)
    }

    /// The ratio alone stops a stream that is far from the size cap.
    @Test("the ratio is capped") func theRatioIsCapped() {
        var builder = DataSetBuilder.minimal()
        builder.element(0x7FE0_0010, "OW", [UInt8](repeating: 0, count: 3 << 20))
        let bytes = deflate(builder.bytes)
        #expect(scan(bytes, deflated).notes == .unchecked)
        var limits = StructureScanner.Limits.forTests
        limits.inflateRatio = 2000
        #expect(scan(bytes, deflated, limits: limits).notes == [])
    }

    @Test("a copy goes on by itself") func aCopyGoesOnByItself() {
        let bytes = deflate(DataSetBuilder.minimal().bytes)
        var scanner = StructureScanner(transferSyntaxUID: deflated, limits: .forTests)
        scanner.consume(bytes[..<40])
        var copy = scanner
        copy.consume(bytes[40...])
        scanner.consume(bytes[40...])
        #expect(copy.finish() == scanner.finish())
        #expect(copy.fault == nil)
    }

    private func deflate(_ bytes: [UInt8], windowBits: Int32 = -15) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream,
            9,
            Z_DEFLATED,
            windowBits,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count + 1000)
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                CZlib.deflate(&stream, Z_FINISH)
            }
        }
        return Array(output[..<Int(stream.total_out)])
    }
}
