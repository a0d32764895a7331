/// C-STORE over associations in parallel (PS3.4 Annex B), a thread and a socket for each.
struct StoreLoad: Sendable {
    var endpoint: Endpoint
    var instances: [Instance]
    var calledAETitle = "ANY-SCP"
    /// Associations at once.
    var associations = 1
    /// Objects in all; the instances are sent in turn.
    var objects: Int
    /// No object is begun after so many seconds; nil: no limit.
    var seconds: Double?
    /// Objects on an association before it is released and another opened; nil: no limit.
    var objectsPerAssociation: Int?
    /// A cap on the P-DATA-TF length; nil: what the peer offers.
    var pduLength: Int?
    /// Seconds to wait before each request.
    var thinkTime = 0.0
    /// The asynchronous operations window to propose; nil: none.
    var operations: Int?
    /// Requests to send ahead of their responses, negotiated or not; nil: as negotiated.
    var pipeline: Int?
    /// Distinguishes the UIDs of this run; nil: the instances keep their own.
    var runNumber: Int?
    /// Seconds that the peer may be silent.
    var timeout = 60

    /// Failures of whole associations in a row after which a thread gives up.
    private static let patience = 10

    func run() throws -> LoadResult {
        let (proposal, contextIDs) = try Proposal.storage(
            instances,
            calledAETitle: calledAETitle,
            operations: operations
        )
        let jobs = JobCounter(count: objects, deadline: seconds.map { deadline(after: $0) } ?? .max)
        return try measured(threads: associations) { _ in
            var worker = StoreWorker(load: self, proposal: proposal, contextIDs: contextIDs, jobs: jobs)
            return worker.work(patience: Self.patience)
        }
    }
}

/// One thread of ``StoreLoad``.
private struct StoreWorker {
    /// A request whose response is due.
    struct Pending {
        let messageID: UInt16
        let start: UInt64
        let bytes: Int
        let object: Int
        let number: InstanceNumber?
    }

    let load: StoreLoad
    let proposal: Proposal
    let contextIDs: [UInt8]
    let jobs: JobCounter
    let requestor: Requestor
    var tally = Tally()
    var pending: [Pending] = []

    init(load: StoreLoad, proposal: Proposal, contextIDs: [UInt8], jobs: JobCounter) {
        self.load = load
        self.proposal = proposal
        self.contextIDs = contextIDs
        self.jobs = jobs
        requestor = Requestor(load.endpoint, pduLengthLimit: load.pduLength, timeout: load.timeout)
    }

    mutating func work(patience: Int) -> Tally {
        var failuresInRow = 0
        while failuresInRow < patience {
            let before = tally.objects
            do {
                try requestor.open(proposal)
                tally.associations += 1
                tally.pduLength = requestor.pduLength
                tally.cipher = requestor.cipher
                let more = try storeOnAssociation()
                try requestor.release()
                if !more { return tally }
            } catch {
                tally.fail(error, count: max(1, pending.count))
                pending.removeAll()
                requestor.close()
                failuresInRow = tally.objects > before ? 0 : failuresInRow + 1
            }
        }
        return tally
    }

    /// - Returns: whether there may be work for another association.
    private mutating func storeOnAssociation() throws -> Bool {
        let window = max(1, load.pipeline ?? (requestor.window == 0 ? load.operations ?? 1 : requestor.window))
        var left = load.objectsPerAssociation ?? .max
        var more = true
        while true {
            while more, left > 0, pending.count < window {
                guard let job = jobs.take() else {
                    more = false
                    break
                }
                left -= 1
                try send(job)
            }
            if pending.isEmpty { return more }
            try receive()
        }
    }

    private mutating func send(_ job: Int) throws {
        pause(seconds: load.thinkTime)
        let object = job % load.instances.count
        let number = load.runNumber.map {
            InstanceNumber(run: $0, object: object, repetition: job / load.instances.count)
        }
        let start = monotonicNanoseconds()
        let (messageID, bytes) = try requestor.writer.sendStore(
            load.instances[object],
            as: number,
            to: requestor.descriptor,
            contextID: contextIDs[object],
            pduLength: requestor.pduLength
        )
        pending.append(Pending(messageID: messageID, start: start, bytes: bytes, object: object, number: number))
    }

    private mutating func receive() throws {
        let response = try requestor.nextResponse()
        let now = monotonicNanoseconds()
        guard response.field == CommandField.storeRSP,
            let index = pending.firstIndex(where: { $0.messageID == response.messageID })
        else { throw BenchError.protocolFault("a response to a request that was not made") }
        let request = pending.remove(at: index)
        guard response.status == 0 else {
            tally.fail(BenchError.status(response.status))
            return
        }
        guard response.sopInstanceUID.count == 0 || answers(response.sopInstanceUID, request) else {
            throw BenchError.protocolFault("the response names another SOP Instance UID")
        }
        tally.objects += 1
        tally.bytes += request.bytes
        tally.latency.record(now - request.start)
    }

    private func answers(_ uid: SmallUID, _ request: Pending) -> Bool {
        guard let number = request.number else {
            var own = load.instances[request.object].sopInstanceUID
            return own.withUTF8 { uid.equals(UnsafeRawBufferPointer($0)) }
        }
        return withUnsafeTemporaryAllocation(byteCount: InstanceNumber.length, alignment: 8) { text in
            if let base = text.baseAddress { number.write(to: base) }
            return uid.equals(UnsafeRawBufferPointer(text))
        }
    }
}
