/// What is fuzzed. Each body takes any bytes at all, and throws a ``Violation`` if a promise about them is broken.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// PS3.8 PDUs out of a stream.
    case pdu
    /// A whole association of either role: bytes in, bytes and messages out.
    case association
    /// Command sets.
    case command
    /// Data sets, their structure.
    case structure
    /// Data sets, their attributes by way of DCMTK.
    case attributes

    /// Runs the body once.
    package func run(_ bytes: UnsafeRawBufferPointer) throws(Violation) {
        let input = FuzzInput(bytes)
        switch self {
        case .pdu: try PDUBody.run(input)
        case .association: try AssociationBody.run(input)
        case .command: try CommandBody.run(input)
        case .structure: try StructureBody.run(input)
        case .attributes: try AttributesBody.run(input)
        }
    }
}

/// A promise that some bytes broke.
package struct Violation: Error, CustomStringConvertible {
    /// Which, and how.
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless the promise is kept.
func expect(_ isKept: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
    guard isKept else { throw Violation(promise()) }
}
