extension PeerCertificate {
    /// Whether the certificate is of whom a rule names: with an equals sign its subject as a whole
    /// (`CN=CT1,O=Hospital`), with a prefix one of its alternative names (`DNS:ct1.example.org`), else its common name.
    ///
    /// Each form is compared with names of its own kind only, because a common name may hold any text.
    func isOf(_ rule: String) -> Bool {
        if rule.contains("=") { return subject == rule }
        let isAlternativeName = ["DNS:", "IP:", "URI:", "email:"].contains { rule.hasPrefix($0) }
        return isAlternativeName ? alternativeNames.contains(rule) : commonName == rule
    }
}
