package import Archive
package import Associations
package import DIMSE
package import DataSets
package import Logging

/// The Storage service class (PS3.4 Annex B), as SCP: decides on a request, before its data set arrives.
///
/// *Resources*: holds the archive and the threads of its caller; owns neither.
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

    let archive: InstanceArchive
    let executor: any BlockingExecutor
    let limits: Limits
    private let implementationClassUID: String
    private let implementationVersionName: String

    package init(
        archive: InstanceArchive,
        executor: any BlockingExecutor,
        limits: Limits,
        implementationClassUID: String,
        implementationVersionName: String
    ) {
        self.archive = archive
        self.executor = executor
        self.limits = limits
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
    }

    /// Begins to receive one instance. Whatever the verdict, the data set that follows is given to what is returned, which drains it if
    /// the request was refused.
    package func begin(
        _ request: CStoreRQ,
        on context: AcceptedContext,
        from callingAETitle: AETitle,
        logger: Logger
    ) -> InstanceReception {
        var refusal: Refusal?
        if request.affectedSOPClassUID != context.abstractSyntax {
            // PS3.7 §9.1.1.1.9: refused, SOP class not supported (on this context), decided before the data.
            refusal = Refusal(.sopClassNotSupported, "SOP class differs from the presentation context's")
        }
        return InstanceReception(
            request: request,
            scp: self,
            writer: InstanceWriter(
                archive: self.archive,
                meta: FileMetaInformation(
                    mediaStorageSOPClassUID: request.affectedSOPClassUID.text,
                    mediaStorageSOPInstanceUID: request.affectedSOPInstanceUID.text,
                    transferSyntaxUID: context.transferSyntax.text,
                    implementationClassUID: self.implementationClassUID,
                    implementationVersionName: self.implementationVersionName,
                    sourceApplicationEntityTitle: callingAETitle.text
                )
            ),
            scanner: StructureScanner(transferSyntaxUID: context.transferSyntax.text, limits: self.limits.scanner),
            refusal: refusal,
            logger: logger
        )
    }
}

/// Why an instance gets a failure status: the status, and a comment for the Error Comment (0000,0902).
package struct Refusal: Equatable, Sendable {
    package var status: Status
    package var comment: String

    package init(_ status: Status, _ comment: String) {
        self.status = status
        self.comment = comment
    }

    /// Whatever the disk says is "out of resources" to the modality (PS3.4 Table B.2-1): it may try again.
    init(_ error: ArchiveError) {
        switch error.kind {
        case .duplicate: self.init(.duplicateSOPInstance, "Instance exists with other content")
        default: self.init(.outOfResources, "Archive cannot store the instance now")
        }
    }
}
