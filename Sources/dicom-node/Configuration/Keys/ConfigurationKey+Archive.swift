extension ConfigurationKey {
    /// Where and how instances are kept, and how long.
    static let archive: [ConfigurationKey] = [
        ConfigurationKey(
            "archive.path",
            \.archive.path,
            .path("directory"),
            "The archive's directory.",
            .restart,
            shortOption: "archive"
        ),
        ConfigurationKey(
            "archive.layout",
            \.archive.layout,
            .layout,
            "Where an instance goes below it: a template of DICOM keywords, which dicom-node serve --help lists.",
            .restart
        ),
        ConfigurationKey(
            "archive.sync",
            \.archive.sync,
            .choice("policy"),
            """
            always: success means on stable storage. never: the kernel has it, a power cut may lose it, and a disk that \
            hangs also delays the associations of its event loop.
            """,
            .restart
        ),
        ConfigurationKey(
            "archive.duplicates",
            \.archive.duplicates,
            .choice("policy"),
            """
            Another instance of the same UID: keep-both (beside the first, ~2), keep-first, replace or reject (0111H). \
            The same bytes are always a success, and not filed again.
            """,
            .restart
        ),
        ConfigurationKey(
            "archive.minimum_free",
            \.archive.minimumFree,
            .size(),
            """
            Room on the disk, such as 10GiB, below which instances are refused (A700H) before their data is written; \
            less of it at start is a warning.
            """,
            .restart
        ),
        ConfigurationKey(
            "archive.digest",
            \.archive.digest,
            .choice("algorithm"),
            "Kept with each file in an extended attribute, where the file system has them: xxh3, sha256 or none.",
            .restart
        ),
        ConfigurationKey(
            "archive.marker_required",
            \.archive.markerRequired,
            .boolean,
            "Start only on a folder that is an archive already, for archives on a mount: true or false.",
            .restart
        ),
        ConfigurationKey(
            "archive.retention.keep",
            \.archive.retention.keep,
            .duration,
            """
            Remove whole studies this long after the last of them has come, such as 30d; at least an hour. 0: time is no \
            reason.
            """,
            .restart
        ),
        ConfigurationKey(
            "archive.retention.below",
            \.archive.retention.below,
            .percentage,
            """
            Remove whole studies, the oldest by arrival first, only while less of the disk is free, such as 10%; 0: room is \
            no reason.
            """,
            .restart
        ),
        ConfigurationKey(
            "archive.retention.only",
            list: \.archive.retention.only,
            of: .condition,
            "Remove only studies of which this is true of every file: committed (its sender was told that it is kept).",
            emptyMeans: "no condition",
            .restart
        ),
    ]
}
