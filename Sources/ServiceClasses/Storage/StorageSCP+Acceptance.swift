package import Associations

extension StorageSCP {
    /// Which presentation contexts the Storage SCP takes.
    package struct Acceptance: Equatable, Sendable {
        /// Storage SOP classes that are taken; empty: every one.
        package var sopClasses: Set<UID>
        /// Transfer syntaxes that are taken; empty: every one.
        package var transferSyntaxes: Set<UID>
        /// While ``sopClasses`` is empty: classes of which it is not known that they are for something else are taken
        /// too.
        package var unknownSOPClasses: Bool

        /// Without rules: everything that can be stored.
        package init(
            sopClasses: Set<UID> = [],
            transferSyntaxes: Set<UID> = [],
            unknownSOPClasses: Bool = true
        ) {
            self.sopClasses = sopClasses
            self.transferSyntaxes = transferSyntaxes
            self.unknownSOPClasses = unknownSOPClasses
        }

        /// Whether a context with this abstract syntax is taken.
        func takes(_ abstractSyntax: UID) -> Bool {
            if sopClasses.isEmpty {
                return SOPClasses.isStorage(abstractSyntax, unknownSOPClasses: unknownSOPClasses)
            }
            // A class that is listed is known by that.
            return sopClasses.contains(abstractSyntax) && SOPClasses.isStorage(abstractSyntax, unknownSOPClasses: true)
        }
    }
}
