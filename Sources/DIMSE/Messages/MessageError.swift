/// A fault of the peer against the structure of its messages. There is nothing to answer, or no telling where the
/// next message begins: the association is to be aborted (A-ABORT, source service-user, PS3.8 §7.3).
package enum MessageError: Error, Equatable, CustomStringConvertible {
    /// A data set fragment where a command was due.
    case dataBeforeCommand
    /// A command fragment before the end of the data set.
    case commandWithinDataSet
    /// A fragment on another presentation context than the message it would belong to (PS3.8 Annex E).
    case presentationContextChanged(from: UInt8, to: UInt8)
    /// A command set longer than `limit` bytes.
    case commandSetTooLong(limit: Int)
    /// No Command Field that can be read.
    case noCommandField
    /// No Message ID, or in a response no Message ID Being Responded To, that can be read.
    case noMessageID(CommandField)
    /// A response without a Status that can be read.
    case noStatus(CommandField)

    package var description: String {
        switch self {
        case .dataBeforeCommand: "data set fragment without a command"
        case .commandWithinDataSet: "command fragment within a data set"
        case .presentationContextChanged(let one, let other):
            "fragment on presentation context \(other) within a message on \(one)"
        case .commandSetTooLong(let limit): "command set of more than \(limit) bytes"
        case .noCommandField: "command set without Command Field"
        case .noMessageID(let field): "\(field) without Message ID"
        case .noStatus(let field): "\(field) without Status"
        }
    }
}
