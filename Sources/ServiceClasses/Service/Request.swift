package import Associations
package import DIMSE
package import Logging

/// A request of the peer, as a service class sees it.
package struct Request: Sendable {
    /// What is asked.
    package var command: Command
    /// A data set follows the command.
    package var hasDataSet: Bool
    /// The presentation context it came on.
    package var context: AcceptedContext
    /// All accepted contexts, by their id: where an operation may make requests of its own.
    package var contexts: [UInt8: AcceptedContext]
    /// The titles of both sides.
    package var callingAETitle: AETitle
    package var calledAETitle: AETitle
    /// The address of the peer; empty: not known.
    package var host: String
    /// Names the association in each line.
    package var logger: Logger

    package init(
        command: Command,
        hasDataSet: Bool,
        context: AcceptedContext,
        contexts: [UInt8: AcceptedContext],
        callingAETitle: AETitle,
        calledAETitle: AETitle,
        host: String = "",
        logger: Logger
    ) {
        self.command = command
        self.hasDataSet = hasDataSet
        self.context = context
        self.contexts = contexts
        self.callingAETitle = callingAETitle
        self.calledAETitle = calledAETitle
        self.host = host
        self.logger = logger
    }
}
