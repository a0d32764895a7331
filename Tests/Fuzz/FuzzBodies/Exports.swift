// The bodies as C functions, for the executables that libFuzzer drives. A broken promise is a crash there.

private func run(_ target: FuzzTarget, _ bytes: UnsafePointer<UInt8>?, _ count: Int) {
    do {
        try target.run(UnsafeRawBufferPointer(start: bytes, count: count))
    } catch {
        fatalError("\(target): \(error)")
    }
}

@c(fuzz_pdu)
public func fuzzPDU(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { run(.pdu, bytes, count) }

@c(fuzz_association)
public func fuzzAssociation(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { run(.association, bytes, count) }

@c(fuzz_command)
public func fuzzCommand(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { run(.command, bytes, count) }

@c(fuzz_structure)
public func fuzzStructure(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { run(.structure, bytes, count) }

@c(fuzz_attributes)
public func fuzzAttributes(_ bytes: UnsafePointer<UInt8>?, _ count: Int) { run(.attributes, bytes, count) }
