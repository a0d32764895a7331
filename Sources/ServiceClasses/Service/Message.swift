package import DIMSE
package import NIOCore

/// A message whose data set, if it has one, is in memory (PS3.7 §6.3): a response, or a small request.
package struct Message: Equatable, Sendable {
    package var command: Command
    package var dataSet: ByteBuffer?

    /// A message without a data set, unless one is given; the command says which (Command Data Set Type).
    package init(_ command: Command, dataSet: ByteBuffer? = nil) {
        self.command = command
        self.dataSet = dataSet
    }
}
