import Foundation

/// Text in which letters of either case are the same, for names.
enum FoldedText {
    /// SQLite's own functions fold ASCII only, so the folded name is a column of its own.
    static func folded(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.lowercased()
    }
}
