import CLinux
import NIOCore

/// An association's socket under a number of its own, and a bell for who waits for it.
///
/// *Resources*: two descriptors, closed with the last reference.
///
/// *Errors*: of the socket, they are an end like the peer's.
final class CourierSocket: Sendable {
    /// What a wait ended by; empty: by its time.
    struct Events: OptionSet {
        let rawValue: CInt
        /// There are bytes to receive.
        static let readable = Events(rawValue: CInt(linux_readable))
        /// The peer has closed, or the connection is gone; there may be bytes all the same.
        static let ended = Events(rawValue: CInt(linux_ended))
        static let rung = Events(rawValue: CInt(linux_rung))
    }

    private let socket: CInt
    private let bell: CInt

    /// - Parameter handle: The socket, which stays its owner's.
    ///
    /// *Errors*: nil if the process has no descriptors left.
    init?(_ handle: NIOBSDSocket.Handle) {
        self.socket = linux_socket_again(handle)
        guard self.socket >= 0 else { return nil }
        self.bell = linux_bell()
        guard self.bell >= 0 else {
            linux_close(self.socket)
            return nil
        }
    }

    deinit {
        linux_close(self.bell)
        linux_close(self.socket)
    }

    /// What is so now, of the socket alone.
    var events: Events { Events(rawValue: linux_wait(self.socket, -1, 0)) }

    /// Looks at the socket until something has happened, or `isEnough`. Sooner than to wait, for who expects something at any moment.
    func watch(until isEnough: () -> Bool) -> Events {
        var events = Events()
        while events.isEmpty, !isEnough() { events = self.events }
        return events
    }

    /// Waits for the bell, and for the socket if `includesSocket`.
    ///
    /// - Parameter milliseconds: For how long; -1: until something happens.
    func wait(includesSocket: Bool, milliseconds: CInt) -> Events {
        let events = Events(rawValue: linux_wait(includesSocket ? self.socket : -1, self.bell, milliseconds))
        if events.contains(.rung) { linux_bell_hush(self.bell) }
        return events
    }

    /// Ends a wait, the next one if nobody waits; from any thread.
    func ring() { linux_bell_ring(self.bell) }

    /// Appends to `buffer` what has come, as far as it has room; false if that is nothing.
    func receive(into buffer: inout ByteBuffer) -> Bool {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { bytes in
            max(0, linux_socket_receive(self.socket, bytes.baseAddress, bytes.count))
        } > 0
    }

    /// Sends as much of `bytes` as the kernel takes.
    func send(_ bytes: inout ByteBuffer) {
        bytes.readWithUnsafeReadableBytes { bytes in
            max(0, linux_socket_send(self.socket, bytes.baseAddress, bytes.count))
        }
    }
}
