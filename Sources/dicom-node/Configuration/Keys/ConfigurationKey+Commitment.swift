extension ConfigurationKey {
    /// Those of storage commitment.
    static let commitment: [ConfigurationKey] = [
        ConfigurationKey(
            "commitment.enabled",
            \.commitment.isEnabled,
            .boolean,
            "Take requests for storage commitment: true or false.",
            .restart
        ),
        ConfigurationKey(
            "commitment.give_up_after",
            \.commitment.giveUpAfter,
            .duration,
            "How long the result of a storage commitment is tried to be told a peer that does not answer; 0: for ever.",
            .restart
        ),
    ]
}
