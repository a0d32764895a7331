import ApplicationEntities

/// The settings that count, where each comes from, and what is in the files that they name.
struct EffectiveConfiguration: Sendable {
    var values = NodeConfiguration.initial
    /// By the names of keys; one that is missing has its default.
    var origins: [String: Origin] = [:]
    /// The certificates of `tls`; nil: TLS is off, or nothing has been read yet.
    private(set) var tls: AcceptorTLS?
    /// What the node shows and believes where it calls peers over TLS; nil: it calls none so, or nothing has been read.
    private(set) var requestorTLS: RequestorTLS?
    /// What is in `accept.user_file`; nil: there is none, or nothing has been read yet.
    private(set) var users: UserFile?

    /// Who may associate, and for what.
    var access: AccessRules { values.access(users) }

    func origin(of key: ConfigurationKey) -> Origin { origin(of: key.name) }

    private func origin(of name: String) -> Origin { origins[name] ?? .default }

    /// The same, with the files that the values name read anew; blocks while it reads.
    ///
    /// *Errors*: everything that is wrong with the values together and with the files.
    func loaded() throws(ConfigurationFaults) -> EffectiveConfiguration {
        var loaded = self
        var faults = combinations
        loaded.tls = nil
        if values.tls.isEnabled {
            do throws(TLSFaults) {
                loaded.tls = try AcceptorTLS(values.tls.files)
            } catch {
                faults += error.faults.map(fault)
            }
        }
        loaded.requestorTLS = nil
        if values.peers.places.values.contains(where: \.isSecure) {
            do throws(TLSFaults) {
                loaded.requestorTLS = try RequestorTLS(values.tls.files)
            } catch {
                // Most of it is wrong for the endpoint too, and is said once.
                faults += error.faults.map(fault).filter { new in
                    !faults.contains { $0.description == new.description }
                }
            }
        }
        loaded.users = nil
        if let path = values.accept.userFile, values.accept.userIdentity != .any {
            do throws(ConfigurationFaults) {
                loaded.users = try users(in: path)
            } catch {
                faults += error.all
            }
        }
        guard faults.isEmpty else { throw ConfigurationFaults(all: faults) }
        return loaded
    }

    private func users(in path: PathValue) throws(ConfigurationFaults) -> UserFile {
        let key = "accept.user_file"
        let text: String
        do throws(UnreadableFile) {
            text = String(decoding: try FileContents.read(path, atMost: AcceptorLimits.userFileBytes), as: UTF8.self)
        } catch {
            let fault = ConfigurationFault(origin: origin(of: key), key: key, problem: "\(path) \(error.reason)")
            throw ConfigurationFaults(all: [fault])
        }
        do throws(InvalidUserFile) {
            return try UserFile(text)
        } catch {
            let faults = error.faults.map { fault in
                ConfigurationFault(origin: .file("\(path)", line: fault.line), key: key, problem: fault.reason)
            }
            throw ConfigurationFaults(all: faults)
        }
    }

    /// What is wrong with the values together, though each is taken by itself.
    private var combinations: [ConfigurationFault] {
        ConfigurationRule.all.compactMap { rule in
            guard let problem = rule.problem(values) else { return nil }
            // Where something was said, for there it can be mended.
            let key = rule.keys.first { origins[$0] != nil } ?? rule.keys[0]
            return ConfigurationFault(origin: origin(of: key), key: key, problem: problem)
        }
    }

    private func fault(_ fault: TLSFault) -> ConfigurationFault {
        let key =
            switch fault.setting {
            case .certificate, .serverName: "tls.certificate"
            case .privateKey: "tls.private_key"
            case .authorities: "tls.ca"
            }
        // A key that lacks is asked for by the one that is there.
        let origin = origins[key] ?? origin(of: "tls.enabled")
        return ConfigurationFault(origin: origin, key: key, problem: fault.description)
    }

    /// What associations see.
    ///
    /// - Parameter descriptors: How many may be open in the process.
    func settings(descriptors: Int) -> Settings.Snapshot {
        var limits = values.limits
        limits.descriptors = descriptors
        let addresses = values.peers.places.mapValues { place in
            PeerAddress(host: place.host, port: place.port, tls: place.isSecure ? requestorTLS : nil)
        }
        return Settings.Snapshot(
            access: access,
            limits: limits,
            timeouts: values.timeouts,
            addresses: addresses,
            tls: tls
        )
    }

    /// What an operator should know, though all works.
    var remarks: [String] {
        // Where a certificate is required, not everyone may.
        let isReachable = values.listeners.contains { listen in
            ["0.0.0.0", "::"].contains(listen.host) && !(listen.isSecure && values.tls.requiresClientCertificate)
        }
        let open = """
            listening on every interface, and anyone may store: see accept.hosts and accept.calling_ae_titles \
            (--accept-hosts, --accept-calling-ae-titles)
            """
        return (isReachable && access.areOpen ? [open] : []) + (tls?.remarks ?? []).map(\.description)
    }
}
