import Glibc

/// What a hostile client does with one connection.
enum HostileKind: String, CaseIterable, Sendable {
    /// Connects and says nothing.
    case silent
    /// Connects and resets at once.
    case reset
    /// Half an A-ASSOCIATE-RQ.
    case halfRequest
    /// An A-ASSOCIATE-RQ, a byte each second.
    case slowRequest
    /// Speaks HTTP.
    case http
    /// Speaks TLS.
    case tls
    /// Random bytes.
    case random
    /// A PDU of 4 GiB.
    case hugeLength
    /// P-DATA-TF without an association.
    case dataFirst
    /// An application context that does not exist.
    case refused
    /// Associates and aborts.
    case aborted
    /// Associates and resets.
    case vanished
    /// A PDU type that the standard does not have.
    case unknownPDU
    /// Half a data set, and then nothing.
    case stalled
    /// Requests without end, and never reads an answer.
    case neverReads
    /// A data set of random bytes.
    case randomDataSet
    /// An element that is longer than the data set.
    case truncatedDataSet
    /// 20,000 sequences within each other.
    case nestedDataSet

    /// Does it on a new connection.
    /// - Parameter hold: how long it stays if the server lets it.
    func attack(_ endpoint: Endpoint, _ material: HostileMaterial, hold: Double, stop: StopFlag) throws {
        let requestor = Requestor(endpoint, timeout: 1)
        defer { requestor.close() }
        switch self {
        case .silent, .reset, .halfRequest, .slowRequest, .http, .tls, .random, .hugeLength, .dataFirst, .refused:
            let descriptor = try endpoint.connect(timeout: 1)
            defer { close(descriptor) }
            try attackUnassociated(descriptor, material, hold, stop)
        default:
            try requestor.open(material.proposal)
            try attackAssociated(requestor, material, hold, stop)
            if requestor.descriptor >= 0 { waitForClose(requestor.descriptor, hold, stop) }
        }
    }

    private func attackUnassociated(
        _ descriptor: Int32,
        _ material: HostileMaterial,
        _ hold: Double,
        _ stop: StopFlag
    ) throws {
        let request = material.proposal.bytes
        switch self {
        case .reset: return resetOnClose(descriptor)
        case .halfRequest: try writeAll(descriptor, Array(request.prefix(request.count / 2)))
        case .slowRequest:
            for byte in request.prefix(Int(hold)) where !stop.isRaised {
                try writeAll(descriptor, [byte])
                pause(seconds: 1)
            }
            return
        case .http: try writeAll(descriptor, Array("GET / HTTP/1.1\r\nHost: archive\r\n\r\n".utf8))
        case .tls: try writeAll(descriptor, [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + material.noise.prefix(501))
        case .random: try writeAll(descriptor, material.noise)
        case .hugeLength: try writeAll(descriptor, [1, 0, 0xFF, 0xFF, 0xFF, 0xFF] + material.noise)
        case .dataFirst: try writeAll(descriptor, [4, 0, 0, 0, 0, 8, 0, 0, 0, 4, 1, 3, 0, 0])
        case .refused: try writeAll(descriptor, material.unknownContext.bytes)
        default: break
        }
        waitForClose(descriptor, hold, stop)
    }

    private func attackAssociated(
        _ requestor: Requestor,
        _ material: HostileMaterial,
        _ hold: Double,
        _ stop: StopFlag
    ) throws {
        let descriptor = requestor.descriptor
        func store(_ instance: Instance) throws {
            _ = try requestor.writer.sendStore(
                instance,
                as: nil,
                to: descriptor,
                contextID: 1,
                pduLength: requestor.pduLength
            )
            _ = try requestor.nextResponse()
            try requestor.release()
        }
        switch self {
        case .aborted: try requestor.abort()
        case .vanished:
            resetOnClose(descriptor)
            requestor.close()
        case .unknownPDU: try writeAll(descriptor, [0x2A, 0, 0, 0, 0, 4, 0, 0, 0, 0])
        case .stalled: try writeAll(descriptor, material.stalledStore)
        case .neverReads: try neverRead(descriptor, requestor, material, hold, stop)
        case .randomDataSet: try store(material.randomDataSet)
        case .truncatedDataSet: try store(material.truncatedDataSet)
        case .nestedDataSet: try store(material.nestedDataSet)
        default: break
        }
    }
}

/// Requests by the thousand in each write, until the server stops reading; then silence with all answers unread. Small
/// buffers of ours make it stop soon: this is about a peer that does not read, not about one that has many cores.
private func neverRead(
    _ descriptor: Int32,
    _ requestor: Requestor,
    _ material: HostileMaterial,
    _ hold: Double,
    _ stop: StopFlag
) throws {
    var size: Int32 = 4_096
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    do {
        while !stop.isRaised { try writeAll(descriptor, material.echoes) }
    } catch BenchError.silent {
        let end = deadline(after: hold)
        while !stop.isRaised, monotonicNanoseconds() < end { pause(seconds: 0.1) }
    }
}

/// Closing sends RST.
private func resetOnClose(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
}

/// Reads and drops until the server closes, or the time is over.
private func waitForClose(_ descriptor: Int32, _ seconds: Double, _ stop: StopFlag) {
    let end = deadline(after: seconds)
    withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 16) { buffer in
        while !stop.isRaised, monotonicNanoseconds() < end {
            let got = read(descriptor, buffer.baseAddress, buffer.count)
            if got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) { return }
        }
    }
}
