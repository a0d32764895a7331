/// Where a peer takes associations.
package struct PeerAddress: Sendable {
    /// A name or an address.
    package var host: String
    package var port: Int
    /// nil: the connection is plain.
    package var tls: RequestorTLS?

    package init(host: String, port: Int, tls: RequestorTLS? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }
}
