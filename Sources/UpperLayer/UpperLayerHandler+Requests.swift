import Associations
package import NIOCore

// Requests of the user: what the nursery asks becomes an event.
extension UpperLayerHandler {
    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .associate(let request):
            self.perform(.evt1(request), context: context)
            self.perform(.evt2, context: context)
            self.startTimer(in: self.timeouts.artim, context: context) { handler, context in
                handler.abort("no answer to our A-ASSOCIATE-RQ", context: context)
            }
        case .accept(let answer): self.perform(.evt7(answer), context: context)
        case .reject(let rejection): self.perform(.evt8(rejection), context: context)
        case .release: self.release(context: context)
        case .releaseResponse:
            if self.machine.state == .sta10 {
                // A collision: the requestor answers first (PS3.8 §7.2.2.7). Ours goes out in Sta12.
                self.isReleaseResponseDue = true
            } else {
                self.perform(.evt14, context: context)
            }
        case .abort(let cause): self.abort(cause, context: context)
        case .data(let values):
            // In Sta8 too: AR-7 answers what was asked before the release.
            for value in values where self.machine.state == .sta6 || self.machine.state == .sta8 {
                self.perform(.evt9(value), context: context)
            }
        }
        promise?.succeed()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            context.close(mode: mode, promise: promise)
            return
        }
        switch self.machine.state {
        case .sta1, .sta2, .sta4:
            // No association yet: Table 9-10 has no Evt15 for Sta1 and Sta2, and nothing to say in Sta4.
            self.finish(.aborted(nil, cause: self.cause), context: context)
            context.close(mode: mode, promise: promise)
        case .sta10 where self.isReleaseResponseDue:
            // The user has said its last word; the peer's is awaited, and the timer of our own request bounds it.
            context.channel.closeFuture.cascade(to: promise)
        case .sta13:
            context.channel.closeFuture.cascade(to: promise)
        case .sta3, .sta5, .sta6, .sta7, .sta8, .sta9, .sta10, .sta11, .sta12:
            context.channel.closeFuture.cascade(to: promise)
            self.perform(.evt15, context: context)
        }
    }

    package func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard event is ReleaseWhenIdle else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        self.watch.isStopping = true
        if self.machine.state == .sta2 {
            context.close(promise: nil)
        } else {
            self.checkProgress(context: context)
        }
        promise?.succeed()
    }
}
