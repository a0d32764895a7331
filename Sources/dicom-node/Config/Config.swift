import ArgumentParser

/// `dicom-node config`: what the configuration is, and whether it is right.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check, show and explain the configuration.",
        discussion: """
            Settings come from the command line, from variables of the environment (DICOM_NODE_LISTEN_PORT), from the file \
            that --config or DICOM_NODE_CONFIG names, and from the defaults, in this order.

            dicom-node config example > dicom-node.yaml
            dicom-node config check --config dicom-node.yaml
            """,
        subcommands: [ConfigCheck.self, ConfigShow.self, ConfigExample.self, ConfigExplain.self, ConfigPasscode.self]
    )
}
