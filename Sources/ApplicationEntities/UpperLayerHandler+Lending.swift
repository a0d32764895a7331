import Associations
package import NIOCore

/// A courier has the transport: what the handler knows meanwhile.
struct Loan {
    let courier: Courier
    /// What was read all the same: NIO reads a socket whose peer has closed to its end, asked or not.
    var drained = ByteBuffer()
    var isInputClosed = false
}

// The transport of an association that is established, lent to a courier and taken back.
extension UpperLayerHandler {
    /// Asks for a visit of the courier, which has a place: a user outbound event. If one begins, the courier is carrying when it returns.
    struct Lend {
        let courier: Courier
    }

    func lend(to courier: Courier, context: ChannelHandlerContext) {
        guard self.machine.state == .sta6, !self.watch.isStopping, self.watch.isQuiet, self.loan == nil,
            let options = context.channel.syncOptions,
            let socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self,
                { CourierSocket($0) }
            ) ?? nil,
            // A close of the peer is told and not carried out, so that what it sent before is handled before.
            (try? options.setOption(.allowRemoteHalfClosure, value: true)) != nil,
            (try? options.setOption(.autoRead, value: false)) != nil
        else { return courier.decline() }
        self.watch.readOutstanding = false
        self.loan = Loan(courier: courier)
        let cargo = CourierVisit.Cargo(
            decoder: self.decoder,
            machine: self.machine,
            rest: self.pending ?? ByteBuffer()
        )
        self.pending = nil
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        courier.begin(CourierVisit(cargo, socket, observer: self.observer)) { cargo in
            handler.value.takeBack(cargo, context: context.value)
        }
    }

    private func takeBack(_ cargo: CourierVisit.Cargo, context: ChannelHandlerContext) {
        guard let loan = self.loan.take() else { return }
        self.decoder = cargo.decoder
        self.watch.start(now: context.eventLoop.now)
        if cargo.unsent.readableBytes > 0 { self.write(cargo.unsent, context: context) }
        var bytes = cargo.rest
        if loan.drained.readableBytes > 0 {
            if cargo.isRestLate { bytes.clear() } else { bytes.writeImmutableBuffer(loan.drained) }
        }
        if bytes.readableBytes > 0 { self.receive(&bytes, context: context) }
        for request in cargo.requests { self.write(context: context, data: NIOAny(request), promise: nil) }
        try? context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        if loan.isInputClosed {
            context.close(promise: nil)
        } else {
            self.watch.readOutstanding = true
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
            if self.watch.isStopping { self.checkProgress(context: context) }
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if self.loan != nil, let event = event as? ChannelEvent, event == .inputClosed {
            self.loan?.isInputClosed = true
            self.loan?.courier.recall()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
