import Glibc

/// A path that means the same in every working directory.
enum AbsolutePath {
    /// The path from the root on, without empty names and `.`. Links and `..` stay: only the kernel knows where they
    /// lead.
    static func text(_ path: String) -> String {
        var whole = path
        if !path.hasPrefix("/"), let directory = getcwd(nil, 0) {
            defer { free(directory) }
            whole = String(cString: directory) + "/" + path
        }
        return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}
