import Associations
package import NIOCore

extension UpperLayerHandler {
    /// Asks the node to stop this association as soon as it is idle: a user outbound event.
    package struct ReleaseWhenIdle: Sendable {
        /// A value says it all.
        package init() {}
    }

    /// Asks the connection to end because others need its place: a user outbound event. Unlike a close it does not wait
    /// for the peer.
    package struct MakeRoom: Sendable {
        /// A value says it all.
        package init() {}
    }

    /// Says that the process ends as soon as its connections are closed: a user outbound event. After our last PDU the
    /// peer has ``Timeouts/closingAtOnce`` to close.
    package struct CloseSoon: Sendable {
        /// A value says it all.
        package init() {}
    }

    /// Says that the channel does not read until the association's task has taken what has come: a user outbound event.
    struct ReadWithheld: Sendable {}
}

// Requests of the user: what an association's tasks ask becomes an event, or an input of the policy.
extension UpperLayerHandler {
    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .associate(let request):
            perform(.evt1(request), context)
            perform(.evt2, context)
            start(.associateResponse, in: timeouts.artim, context)
        case .accept(let answer): perform(.evt7(answer), context)
        case .reject(let rejection): perform(.evt8(rejection), context)
        case .release: release(context)
        case .releaseResponse: apply(.releaseResponse(isFlushed: isFlushed), context)
        case .abort(let cause): abort(cause, context)
        case .data(let values):
            for value in values where AssociationPolicy.sendsData(in: state) { perform(.evt9(value), context) }
        }
        promise?.succeed()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else {
            context.close(mode: mode, promise: promise)
            return
        }
        context.channel.closeFuture.cascade(to: promise)
        apply(.closeRequest, context)
    }

    package func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        switch event {
        case is ReadWithheld: withholdRead()
        case is MakeRoom: apply(.evictRequest, context)
        case is CloseSoon:
            timeouts.closing = Timeouts.closingAtOnce
            if state == .sta13 { start(.artim, in: timeouts.closing, context) }
        case is ReleaseWhenIdle:
            apply(.stopRequest, context)
            checkProgress(isStopping: true, context)
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
    }
}
