import ApplicationEntities
import Archive
import Associations
import Instances
import Logging
import NIOCore
import SystemPackage
import UpperLayer

/// The values of every key of ``ConfigurationKey/all``; as it is made, those without configuration.
struct NodeConfiguration: Sendable {
    /// Where associations are accepted.
    struct Listen: Sendable {
        var isEnabled = true
        var host = "0.0.0.0"
        var port = 11_112
    }

    /// Where and how instances are kept.
    struct Archive: Sendable {
        var path = PathValue("./archive")
        var layout = Layout()
        var sync = SyncPolicy.always
        var duplicates = DuplicatePolicy.keepBoth
        /// Bytes.
        var minimumFree = 1 << 30
        var digest = DigestAlgorithm.xxh3
        var markerRequired = false
        var retention = RetentionPolicy()
    }

    /// What is known of the instances, as rows.
    struct ArchiveIndex: Sendable {
        var enabled = true
        var location = IndexLocation.inArchive
    }

    /// Which associations are accepted, and with what; an empty list: any.
    struct Accept: Sendable {
        var calledAETitles: [String] = []
        var callingAETitles: [String] = []
        var hosts: [AddressRange] = []
        var sopClasses: [UID] = []
        var transferSyntaxes: [UID] = []
        var unknownSOPClasses = true
        var userIdentity = UserIdentityPolicy.any
        var userFile: PathValue?
    }

    /// What is asked of the user identity of a request.
    enum UserIdentityPolicy: String, CaseIterable {
        /// It is not looked at.
        case any
        /// One that is there must be right.
        case optional
        /// There must be one, and it must be right.
        case required
    }

    /// Associations over TLS, at a place of their own.
    struct TLS: Sendable {
        var isEnabled = false
        /// nil: that of ``Listen``.
        var host: String?
        var port = 2_762
        var certificate: PathValue?
        var privateKey: PathValue?
        var authorities: PathValue?
        var requiresClientCertificate = false
    }

    /// Storage commitment.
    struct Commitment: Sendable {
        var isEnabled = true
        /// How long a result is tried to be reported; 0: for ever.
        var giveUpAfter = TimeAmount.hours(24)
    }

    /// What is logged, and how.
    struct Logging: Sendable {
        var level = Logger.Level.info
        var format = LogFormat.text
    }

    /// The values without configuration.
    static let initial = NodeConfiguration()

    var aeTitle = "DICOMNODE"
    var listen = Listen()
    var archive = Archive()
    var index = ArchiveIndex()
    var accept = Accept()
    var peers = PeerList()
    var limits = Limits()
    var timeouts = Timeouts()
    var tls = TLS()
    var commitment = Commitment()
    var logging = Logging()
}
