/// The list that lies beside the files.
struct ReadMe {
    private(set) var text = """
        # Instances

        DICOM files for the tests, made with DCMTK by `dicom-fixtures` (`make fixtures`) and the same in every run;
        `dicom-fixtures --check` makes them anew and compares. Do not edit them, nor this list: edit
        `Sources/dicom-fixtures`. They show nothing and nobody. The pixel data of the JPEG 2000, HTJ2K and MPEG-4 files
        only begins and ends as such a stream does: it cannot be decoded. Each file has a SOP Instance UID of its own;
        all are of one study.

        | File | What | Transfer syntax | Bytes |
        | --- | --- | --- | --- |

        """

    mutating func add(_ name: String, _ object: Object, _ syntax: Syntax, size: Int) {
        text += "| `\(name)` | \(object.description) | \(syntax.uid) | \(size) |\n"
    }
}
