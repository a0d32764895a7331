"""An echo server on Twisted's callbacks, as a measure for echo-server."""
from twisted.internet import protocol, reactor


class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)


port = reactor.listenTCP(0, protocol.Factory.forProtocol(Echo), backlog=1024)
print("listening on 127.0.0.1:%d" % port.getHost().port, flush=True)
reactor.run()
