extension UID {
    /// A storage SOP class as an operator names it: by its keyword in PS3.6 Table A-1, as `CTImageStorage`, or by its
    /// UID.
    ///
    /// - Returns: nil if it is neither. A UID that is in no table is one: a private class.
    package init?(storageSOPClass name: String) {
        self.init(name, in: SOPClasses.storageKeywords)
    }

    /// A transfer syntax as an operator names it: by its keyword in PS3.6 Table A-1, as `ExplicitVRLittleEndian`, or by
    /// its UID.
    ///
    /// - Returns: nil if it is neither. A UID that is in no table is one: a private syntax.
    package init?(transferSyntax name: String) {
        self.init(name, in: TransferSyntaxes.keywords)
    }

    private init?(_ name: String, in keywords: [String: UID]) {
        if let uid = keywords[name] {
            self = uid
        } else if name.isUID {
            self.init(name)
        } else {
            return nil
        }
    }

    /// The keywords that ``init(storageSOPClass:)`` knows, for messages.
    package static var storageSOPClassKeywords: [String] { Array(SOPClasses.storageKeywords.keys) }
    /// The keywords that ``init(transferSyntax:)`` knows, for messages.
    package static var transferSyntaxKeywords: [String] { Array(TransferSyntaxes.keywords.keys) }
}

extension String {
    /// PS3.5 §9.1: up to 64 characters, components of digits with dots between. Leading zeros are taken, because some
    /// private classes have them.
    fileprivate var isUID: Bool {
        utf8.count <= 64
            && split(separator: ".", omittingEmptySubsequences: false).count > 1
            && split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 }
            }
    }
}
