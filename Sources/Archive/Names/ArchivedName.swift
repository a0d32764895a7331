/// What an archived file's name says, whatever the layout: it has the SOP Instance UID, alone among the values or by
/// its hash (`Layout`).
package enum ArchivedName {
    /// Whether a file of this name may hold the instance. A name that was shortened says nothing.
    package static func mayHold(_ sopInstanceUID: String, _ name: String) -> Bool {
        name.contains(PathComponent.encode(sopInstanceUID)) || name.contains(PathComponent.hash(sopInstanceUID))
            || name.contains(PathComponent.encode(sopInstanceUID, isFirst: false)) || name.contains("%h")
    }
}
