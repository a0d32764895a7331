/// Another thread for what a committer would do for others.
///
/// Who finds nobody at work on commits works until none is waiting. A caller who has something else to do hands that on.
package struct CommitRelay: Sendable {
    /// The caller waits for its own instance in any case, and works for it and for those that wait with it.
    let worksFirst: Bool
    let submit: @Sendable (@escaping @Sendable () -> Void) -> Void

    /// - Parameter submit: Runs work on a thread that may wait for the disk, at once or later.
    package init(worksFirst: Bool, submit: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.worksFirst = worksFirst
        self.submit = submit
    }
}
