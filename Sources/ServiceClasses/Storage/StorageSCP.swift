package import Associations
package import DIMSE
package import DataSets
package import Instances
package import Logging

/// The Storage service class (PS3.4 Annex B), as SCP: decides on a request, before its data set arrives.
///
/// *Resources*: holds the store of its caller, and does not own it.
package struct StorageSCP: Sendable {
    /// Bounds that the caller sets.
    package struct Limits: Sendable {
        package var scanner: StructureScanner.Limits
        package var batch: WriteBatch.Limits
        /// Bytes of one data set; 0: no limit.
        package var objectSize: Int
        /// A data set that cannot be walked to its end is stored, if its identity was found.
        package var acceptsUnwalkable: Bool

        package init(
            scanner: StructureScanner.Limits,
            batch: WriteBatch.Limits,
            objectSize: Int,
            acceptsUnwalkable: Bool = false
        ) {
            self.scanner = scanner
            self.batch = batch
            self.objectSize = objectSize
            self.acceptsUnwalkable = acceptsUnwalkable
        }
    }

    let acceptance: Acceptance
    let store: any InstanceStore
    let limits: Limits
    private let implementationClassUID: String
    private let implementationVersionName: String

    package init(
        store: any InstanceStore,
        acceptance: Acceptance = Acceptance(),
        limits: Limits,
        implementationClassUID: String,
        implementationVersionName: String
    ) {
        self.store = store
        self.acceptance = acceptance
        self.limits = limits
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
    }

    /// Begins to receive one instance. Whatever the verdict, the data set that follows is given to what is returned,
    /// which drains it if the request was refused.
    package func begin(
        _ request: CStoreRQ,
        on context: AcceptedContext,
        from callingAETitle: AETitle,
        to calledAETitle: AETitle,
        at host: String = "",
        logger: Logger
    ) -> InstanceReception {
        var refusal: Refusal?
        if request.affectedSOPClassUID != context.abstractSyntax {
            // PS3.7 §9.1.1.1.9: refused, SOP class not supported (on this context), decided before the data.
            refusal = Refusal(.sopClassNotSupported, "SOP class differs from the presentation context's")
        }
        let head = FileMetaInformation(
            mediaStorageSOPClassUID: request.affectedSOPClassUID.text,
            mediaStorageSOPInstanceUID: request.affectedSOPInstanceUID.text,
            transferSyntaxUID: context.transferSyntax.text,
            implementationClassUID: implementationClassUID,
            implementationVersionName: implementationVersionName,
            sourceApplicationEntityTitle: callingAETitle.text,
            receivingApplicationEntityTitle: calledAETitle.text,
            sourceHost: host
        )
        return InstanceReception(
            request: request,
            scp: self,
            head: head,
            scanner: StructureScanner(transferSyntaxUID: context.transferSyntax.text, limits: limits.scanner),
            refusal: refusal,
            logger: logger
        )
    }
}

/// Why an instance gets a failure status: the status, and a comment for the Error Comment (0000,0902).
package struct Refusal: Error, Equatable, Sendable {
    package var status: Status
    package var comment: String
    /// The element of the data set at fault, for Offending Element (0000,0901).
    package var offendingElement: CommandSet.Tag?

    package init(_ status: Status, _ comment: String, _ offendingElement: CommandSet.Tag? = nil) {
        self.status = status
        self.comment = comment
        self.offendingElement = offendingElement
    }

    /// Whatever a store says is "out of resources" to the modality (PS3.4 Table B.2-1), because it may try again.
    init(_ error: StoreError) {
        switch error.kind {
        case .duplicate: self.init(.duplicateSOPInstance, "Instance exists with other content")
        case .outOfSpace, .unavailable, .notFound, .damaged:
            self.init(.outOfResources, "Archive cannot store the instance now")
        }
    }
}
