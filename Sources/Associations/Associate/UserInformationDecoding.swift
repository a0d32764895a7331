import struct NIOCore.ByteBuffer

extension UserInformation {
    /// Adds the sub-items of one user information item (PS3.8 §9.3.2.3). What may come once and comes again is ignored.
    mutating func add(decoding item: ByteBuffer, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var item = item
        while let subItem = try item.readItem(&budget) { try add(subItem, &budget) }
    }

    private mutating func add(_ item: Item, _ budget: inout ItemBudget) throws(PDUDecodingError) {
        var content = item.content
        switch ItemType(rawValue: item.type) {
        case .maximumLength:
            let value = try content.readField("maximum length", as: UInt32.self)
            try content.expectEnd(of: "maximum length")
            maximumLengthReceived = maximumLengthReceived ?? value
        case .implementationClassUID:
            implementationClassUID = implementationClassUID ?? content.remainingUID
        case .implementationVersionName:
            implementationVersionName = implementationVersionName ?? content.remainingText
        case .asynchronousOperationsWindow:
            let window = try AsynchronousOperationsWindow(decoding: &content)
            asynchronousOperationsWindow = asynchronousOperationsWindow ?? window
        case .roleSelection:
            roleSelections.append(try RoleSelection(decoding: &content))
        case .extendedNegotiation:
            extendedNegotiations.append(try ExtendedNegotiation(decoding: &content))
        case .commonExtendedNegotiation:
            commonExtendedNegotiations.append(
                try CommonExtendedNegotiation(version: item.second, decoding: &content, &budget)
            )
        case .userIdentityRQ:
            let identity = try UserIdentityRQ(decoding: &content)
            userIdentity = userIdentity ?? identity
        case .userIdentityAC:
            let response = try UserIdentityAC(decoding: &content)
            userIdentityResponse = userIdentityResponse ?? response
        case .applicationContext, .proposedPresentationContext, .answeredPresentationContext, .abstractSyntax,
            .transferSyntax, .userInformation, nil:
            unknownItems.append(UnknownItem(type: item.type, bytes: content.remainingBytes))
        }
    }
}

extension AsynchronousOperationsWindow {
    fileprivate init(decoding content: inout ByteBuffer) throws(PDUDecodingError) {
        self.init(
            invoked: try content.readField("operations invoked"),
            performed: try content.readField("operations performed")
        )
        try content.expectEnd(of: "asynchronous operations window")
    }
}

extension RoleSelection {
    fileprivate init(decoding content: inout ByteBuffer) throws(PDUDecodingError) {
        let sopClassUID = try content.readLengthPrefixedSlice("SOP class UID of a role selection").remainingUID
        let scu = try content.readField("SCU role", as: UInt8.self)
        let scp = try content.readField("SCP role", as: UInt8.self)
        try content.expectEnd(of: "role selection")
        self.init(sopClassUID: sopClassUID, scu: scu == 1, scp: scp == 1)
    }
}

extension ExtendedNegotiation {
    fileprivate init(decoding content: inout ByteBuffer) throws(PDUDecodingError) {
        self.init(
            sopClassUID: try content.readLengthPrefixedSlice("SOP class UID of an extended negotiation").remainingUID,
            serviceClassApplicationInformation: content.remainingBytes
        )
    }
}

extension CommonExtendedNegotiation {
    /// What follows the related classes is for later versions and ignored (PS3.7 Table D.3-12).
    fileprivate init(version: UInt8, decoding content: inout ByteBuffer, _ budget: inout ItemBudget)
        throws(PDUDecodingError)
    {
        let sopClassUID = try content.readLengthPrefixedSlice("SOP class UID").remainingUID
        let serviceClassUID = try content.readLengthPrefixedSlice("service class UID").remainingUID
        var related = try content.readLengthPrefixedSlice("related general SOP classes")
        var relatedGeneralSOPClassUIDs: [UID] = []
        while related.readableBytes > 0 {
            try budget.take()
            relatedGeneralSOPClassUIDs.append(
                try related.readLengthPrefixedSlice("related general SOP class UID").remainingUID
            )
        }
        self.init(
            version: version,
            sopClassUID: sopClassUID,
            serviceClassUID: serviceClassUID,
            relatedGeneralSOPClassUIDs: relatedGeneralSOPClassUIDs
        )
    }
}

extension UserIdentityRQ {
    fileprivate init(decoding content: inout ByteBuffer) throws(PDUDecodingError) {
        self.init(
            type: try content.readField("user identity type"),
            positiveResponseRequested: try content.readField("positive response requested", as: UInt8.self) == 1,
            primaryField: try content.readLengthPrefixedSlice("primary field").remainingBytes,
            secondaryField: try content.readLengthPrefixedSlice("secondary field").remainingBytes
        )
        try content.expectEnd(of: "user identity")
    }
}

extension UserIdentityAC {
    fileprivate init(decoding content: inout ByteBuffer) throws(PDUDecodingError) {
        self.init(serverResponse: try content.readLengthPrefixedSlice("server response").remainingBytes)
        try content.expectEnd(of: "user identity response")
    }
}
