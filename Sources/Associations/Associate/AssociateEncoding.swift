import struct NIOCore.ByteBuffer

extension AssociateRQ {
    /// PS3.8 Table 9-11.
    func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let start = buffer.beginAssociate(.associateRQ, protocolVersion, calledAETitle, callingAETitle)
        try buffer.writeItem(.applicationContext, applicationContextName.asSent)
        for context in presentationContexts {
            let item = buffer.beginItem(.proposedPresentationContext)
            buffer.writeInteger(UInt32(context.id) << 24)
            try buffer.writeItem(.abstractSyntax, context.abstractSyntax.asSent)
            for transferSyntax in context.transferSyntaxes {
                try buffer.writeItem(.transferSyntax, transferSyntax.asSent)
            }
            try buffer.endItem(item)
        }
        try userInformation.append(to: &buffer)
        try buffer.endPDU(start)
    }
}

extension AssociateAC {
    /// PS3.8 Table 9-17.
    func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let start = buffer.beginAssociate(.associateAC, protocolVersion, calledAETitle, callingAETitle)
        try buffer.writeItem(.applicationContext, applicationContextName.asSent)
        for context in presentationContexts {
            let item = buffer.beginItem(.answeredPresentationContext)
            buffer.writeInteger(UInt32(context.id) << 24 | UInt32(context.result.rawValue) << 8)
            try buffer.writeItem(.transferSyntax, context.transferSyntax.asSent)
            try buffer.endItem(item)
        }
        try userInformation.append(to: &buffer)
        try buffer.endPDU(start)
    }
}

extension UserInformation {
    /// The sub-items in the increasing order of their types that PS3.8 §9.3.1 asks for.
    fileprivate func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let item = buffer.beginItem(.userInformation)
        if let maximumLengthReceived {
            let subItem = buffer.beginItem(.maximumLength)
            buffer.writeInteger(maximumLengthReceived)
            try buffer.endItem(subItem)
        }
        if let implementationClassUID { try buffer.writeItem(.implementationClassUID, implementationClassUID.asSent) }
        if let asynchronousOperationsWindow {
            let subItem = buffer.beginItem(.asynchronousOperationsWindow)
            buffer.writeInteger(asynchronousOperationsWindow.invoked)
            buffer.writeInteger(asynchronousOperationsWindow.performed)
            try buffer.endItem(subItem)
        }
        for role in roleSelections {
            let subItem = buffer.beginItem(.roleSelection)
            try buffer.writeLengthPrefixed(role.sopClassUID.asSent)
            buffer.writeInteger(UInt8(role.scu ? 1 : 0))
            buffer.writeInteger(UInt8(role.scp ? 1 : 0))
            try buffer.endItem(subItem)
        }
        if let implementationVersionName {
            try buffer.writeItem(.implementationVersionName, implementationVersionName.latin1)
        }
        for negotiation in extendedNegotiations {
            let subItem = buffer.beginItem(.extendedNegotiation)
            try buffer.writeLengthPrefixed(negotiation.sopClassUID.asSent)
            buffer.writeBytes(negotiation.serviceClassApplicationInformation)
            try buffer.endItem(subItem)
        }
        for negotiation in commonExtendedNegotiations { try negotiation.append(to: &buffer) }
        if let userIdentity {
            let subItem = buffer.beginItem(.userIdentityRQ)
            buffer.writeInteger(userIdentity.type)
            buffer.writeInteger(UInt8(userIdentity.positiveResponseRequested ? 1 : 0))
            try buffer.writeLengthPrefixed(userIdentity.primaryField)
            try buffer.writeLengthPrefixed(userIdentity.secondaryField)
            try buffer.endItem(subItem)
        }
        if let userIdentityResponse {
            let subItem = buffer.beginItem(.userIdentityAC)
            try buffer.writeLengthPrefixed(userIdentityResponse.serverResponse)
            try buffer.endItem(subItem)
        }
        for unknown in unknownItems {
            let subItem = buffer.beginItem(unknown.type)
            buffer.writeBytes(unknown.bytes)
            try buffer.endItem(subItem)
        }
        try buffer.endItem(item)
    }
}

extension CommonExtendedNegotiation {
    fileprivate func append(to buffer: inout ByteBuffer) throws(PDUEncodingError) {
        let item = buffer.beginItem(ItemType.commonExtendedNegotiation.rawValue, second: version)
        try buffer.writeLengthPrefixed(sopClassUID.asSent)
        try buffer.writeLengthPrefixed(serviceClassUID.asSent)
        let related = buffer.beginLength()
        for uid in relatedGeneralSOPClassUIDs { try buffer.writeLengthPrefixed(uid.asSent) }
        try buffer.endItem(related)
        try buffer.endItem(item)
    }
}
