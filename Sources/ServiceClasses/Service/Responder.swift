package import DIMSE

/// Where the responses of one operation go; called by the task of ``Operation/perform(_:)`` and its children. None is
/// written before the responses to earlier requests, unless an asynchronous operations window was negotiated (PS3.7
/// §D.3.3.3).
package protocol Responder: Sendable {
    /// Sends a response that is not the last one (status pending, FF00H or FF01H).
    ///
    /// *Errors*: none; if the association has ended, nothing is sent.
    func pending(_ response: Message) async

    /// Sends the last response; called once. An operation that ends without it is answered 0110H, processing failure.
    ///
    /// *Errors*: none; if the association has ended, nothing is sent.
    func final(_ response: Message) async

    /// Makes a request of the node's own on the same association, and waits for its last response.
    ///
    /// - Parameters:
    /// - contextID: An accepted context on which the node has the role of SCU, or of an SCP that reports events (PS3.7
    /// §10.1.1).
    ///   - dataSet: What follows the command; nil: nothing does.
    ///   - pending: Given each response before the last one, in order.
    ///   - request: The command, which carries the Message ID given to it.
    ///
    /// *Errors*: throws if the association ends first, or the task is cancelled.
    func invoke(
        on contextID: UInt8,
        dataSet: DataSetSource?,
        pending: (Message) async throws -> Void,
        _ request: @Sendable (_ messageID: UInt16) -> Command
    ) async throws -> Message
}
