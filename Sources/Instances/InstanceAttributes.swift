/// Attributes of a data set by DICOM keyword, beyond its identity.
package struct InstanceAttributes: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    /// In UTF-8, without padding, several values with a backslash between (PS3.5 §6.4). Empty ones are left out.
    package var values: [String: String]
    /// The bytes of the values that the data set's Specific Character Set does not explain. In `values` such a value is
    /// UTF-8 if it is that, else each byte outside ASCII stands there as `%E9`.
    package var undecoded: [String: [UInt8]]

    package init(values: [String: String] = [:], undecoded: [String: [UInt8]] = [:]) {
        self.values = values
        self.undecoded = undecoded
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(values: Dictionary(elements) { $1 })
    }
}

/// The attributes of a data set, as the bytes they came in, until they are asked for: most instances are stored without
/// a look at them.
package struct DeferredAttributes: Sendable {
    /// Bytes that it keeps in memory.
    package let byteCount: Int
    private let read: @Sendable () -> InstanceAttributes

    package init(byteCount: Int = 0, _ read: @escaping @Sendable () -> InstanceAttributes = { [:] }) {
        self.byteCount = byteCount
        self.read = read
    }

    /// Reads them, on the calling thread, at each call.
    package func callAsFunction() -> InstanceAttributes { read() }
}
