/// An A-ASSOCIATE-RQ that a test can make as wrong as it likes (PS3.8 §9.3.2).
package struct RawRequest: Sendable {
    /// A proposed presentation context.
    package struct Context: Sendable {
        package var id: UInt8
        package var abstractSyntax: [UInt8]
        package var transferSyntaxes: [[UInt8]]

        package init(_ id: UInt8, _ abstractSyntax: String, _ transferSyntaxes: [String]) {
            self.init(id, Array(abstractSyntax.utf8), transferSyntaxes.map { Array($0.utf8) })
        }

        package init(_ id: UInt8, _ abstractSyntax: [UInt8], _ transferSyntaxes: [[UInt8]]) {
            self.id = id
            self.abstractSyntax = abstractSyntax
            self.transferSyntaxes = transferSyntaxes
        }

        fileprivate func encoded() -> [UInt8] {
            rawItem(
                0x20,
                [id, 0, 0, 0] + rawItem(0x30, abstractSyntax) + transferSyntaxes.flatMap { rawItem(0x40, $0) }
            )
        }
    }

    package var protocolVersion = 1
    /// Titles, 16 bytes each.
    package var calledAETitle = rawTitle(Node.title)
    package var callingAETitle = rawTitle("RAW")
    package var applicationContext = Array(RawUID.applicationContext.utf8)
    package var contexts: [Context]
    /// Sub-item 51H; nil leaves it out.
    package var maximumLength: Int? = 16384
    package var implementationClassUID: [UInt8]? = Array("1.2.826.0.1.3680043.2.1143.107.99".utf8)
    package var implementationVersionName: [UInt8]? = Array("RAW_SCU".utf8)
    /// Further sub-items of the user information, encoded.
    package var userItems: [UInt8] = []
    /// The user information as a whole is left out.
    package var omitsUserInformation = false
    /// Further items after the user information, encoded.
    package var furtherItems: [UInt8] = []

    /// Verification is context 1, CT Image Storage in explicit little endian context 3, unless said otherwise.
    package init(
        _ contexts: [Context] = [
            Context(1, RawUID.verification, [RawUID.implicitLittle]),
            Context(3, RawUID.ctImage, [RawUID.explicitLittle]),
        ]
    ) {
        self.contexts = contexts
    }

    /// A copy with changes: `RawRequest().with { $0.maximumLength = 0 }`.
    package func with(_ change: (inout RawRequest) -> Void) -> RawRequest {
        var copy = self
        change(&copy)
        return copy
    }

    /// The body of the PDU.
    package var body: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big16: protocolVersion)
        bytes.append(big16: 0)
        bytes += calledAETitle + callingAETitle + [UInt8](repeating: 0, count: 32)
        bytes += rawItem(0x10, applicationContext)
        bytes += contexts.flatMap { $0.encoded() }
        if !omitsUserInformation {
            var user: [UInt8] = []
            if let maximumLength {
                var value: [UInt8] = []
                value.append(big32: maximumLength)
                user += rawItem(0x51, value)
            }
            if let implementationClassUID { user += rawItem(0x52, implementationClassUID) }
            if let implementationVersionName { user += rawItem(0x55, implementationVersionName) }
            bytes += rawItem(0x50, user + userItems)
        }
        return bytes + furtherItems
    }

    /// The PDU with its true length, or with `length` as a liar writes it.
    package func encoded(length: Int? = nil) -> [UInt8] {
        RawPDU(type: 1, body: body).encoded(length: length)
    }
}

/// An AE title padded with spaces to its 16 bytes.
package func rawTitle(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(16))
    return bytes + [UInt8](repeating: 0x20, count: 16 - bytes.count)
}

extension RawRequest {
    /// The proposed contexts of an A-ASSOCIATE-RQ's body; nil if it is none.
    static func contexts(in body: [UInt8]) -> [Context]? {
        guard body.count >= 68, let items = rawItems(Array(body[68...])) else { return nil }
        return items.filter { $0.type == 0x20 && $0.body.count > 4 }.compactMap { item in
            guard let sub = rawItems(Array(item.body[4...])), let abstract = sub.first(where: { $0.type == 0x30 })
            else {
                return nil
            }
            return Context(item.body[0], abstract.body, sub.filter { $0.type == 0x40 }.map(\.body))
        }
    }
}
