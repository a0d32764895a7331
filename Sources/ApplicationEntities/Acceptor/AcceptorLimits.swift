import NIOCore

/// The constants of the acceptor, each with its unit and its reason: chosen so that no peer that works today meets
/// them.
package enum AcceptorLimits {
    // MARK: Connections

    /// Listen backlog, connections that the kernel holds before we accept them.
    package static let backlog: Int32 = 1024
    /// Connections without association that are kept at least, however few associations may be established.
    static let unassociatedConnections = 1024
    /// The same, however few descriptors there are.
    static let unassociatedMin = 8
    /// How long no connection is accepted after the kernel has refused one for want of descriptors or memory.
    static let acceptPause = TimeAmount.seconds(1)
    /// Bytes that the kernel holds for a peer that does not read (it doubles the number). An acceptor sends responses
    /// of some hundred bytes, so this is plenty, and a peer that asks without end and never reads is soon left alone.
    package static let sendBuffer = 32_768

    // MARK: Users (PS3.7 §D.3.3.7)

    /// Bytes of the file of users: some ten thousand.
    package static let userFileBytes = 1 << 20
    /// Bytes of a user's name; a longer one is no user's.
    static let userNameBytes = 256
    /// Threads that compute the keys of passcodes: one, so that a flood of passcodes takes one processor and the memory
    /// of one key.
    static let passcodeThreads = 1
    /// Bytes that scrypt may use for one key; a line of the file of users that asks for more is refused. New ones use
    /// 16 MiB.
    static let passcodeBytes = 128 << 20
    /// Blocks of 128 bytes that scrypt may go through for one key: N × r × p. New ones go through 655,360.
    static let passcodeBlocks = 1 << 21
    /// Requests that wait for a passcode's key; one more is rejected for the moment. With 0.2 s for each, the last one
    /// waits for six seconds, which every requestor does.
    static let passcodesWaiting = 32
    /// The same of one host, so that it leaves room for others.
    static let passcodesWaitingOfHost = 8
    /// Passcodes that are known to be right.
    static let passcodesRemembered = 1_024

    // MARK: TLS

    /// Bytes of one read of a socket over TLS, half of a plain one: TLS keeps a buffer of twice as many for what it has
    /// decrypted, as long as the connection lives.
    static let tlsReadBufferMaximum = 131_072
    /// Bytes that TLS holds of a connection: that buffer, one for a record that is not whole with the read that
    /// completes it, and the state of the session.
    static let tlsConnection = 4 * tlsReadBufferMaximum + 131_072

    // MARK: Turns

    /// Messages of one read that are worked off in a row. A peer that pipelines more waits after each such number until
    /// the event loop has looked at its other sockets, because a read may hold thousands of requests.
    package static let turnMessages = 8

    // MARK: Messages (PS3.7)

    /// Bytes of one command set; the largest real ones are below 1 KiB.
    static let commandSet = 65_536
    /// Bytes of the data set of one response to a request of the node's own: it is held in memory. A C-FIND-RSP is
    /// below 10 KiB, an N-EVENT-REPORT-RSP has none.
    static let responseDataSet = 1 << 20
    /// Requests of the node's own on one association without their last response, waited for or not: far below the
    /// 65,536 Message IDs, of which one has to be free.
    static let invocations = 1_000
    /// Responses to one request of the node's own that wait to be taken, before the association is read no further.
    static let waitingResponses = 4

    // MARK: Archiving

    /// Bytes of read buffers held before they are handed to an I/O thread in one `writev`.
    package static let writeBatchBytes = 1 << 20
    /// Slices in one `writev`; the kernel's IOV_MAX is 1,024.
    package static let writeBatchSlices = 1_000
    /// A slice shorter than this is copied together with its neighbours, because 2-byte fragments must not pin a read
    /// buffer each.
    package static let copiedSliceBytes = 1_024

    // MARK: Memory that was freed

    /// Bytes that the C library keeps of a heap's free end. By default it gives 256 KiB buffers back to the kernel and
    /// gets them again, empty, some 40 page faults for each CT image.
    package static let keptFreeBytes: CInt = 16 << 20
    /// Blocks up to this size, in bytes, come from a heap and stay with it; larger ones are the kernel's at once.
    package static let heapBlockBytes: CInt = 1 << 20
    /// Heaps, whatever the number of threads, because one for each of sixteen I/O threads would keep sixteen free ends.
    package static let heaps: CInt = 2
}
