package import DataSets
package import Instances

extension DeferredAttributes {
    /// Those that a scanner has copied.
    package init(_ attributes: WantedAttributes) {
        self.init(byteCount: attributes.byteCount) {
            // Attributes that cannot be read are missing ones: no store fails for a character set.
            guard let read = try? attributes.attributes() else { return [:] }
            return InstanceAttributes(values: read.values, undecoded: read.undecoded)
        }
    }
}
