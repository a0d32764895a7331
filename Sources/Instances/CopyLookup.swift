/// Knows where an archive has copies of an instance, whatever their paths: an index.
///
/// An archive asks it before it names an instance, so neither call may wait for long. Where the answer is not known the
/// archive goes by the path alone.
package protocol CopyLookup: Sendable {
    /// Whether there may be copies. False: none is known. From memory, at once, on any thread.
    func mayHave(_ sopInstanceUID: String) -> Bool

    /// Where the copies are, as in ``StoredInstance/path``, the first one first; nil: not known now, or not in time.
    ///
    /// May wait for a disk, but not longer than a bound of its own.
    func copies(of sopInstanceUID: String) -> [String]?
}
