package import Associations

/// The service classes that a node offers, in the order in which they are asked.
package struct Services: Sendable {
    package var all: [any ServiceClass]

    package init(_ all: [any ServiceClass]) {
        self.all = all
    }

    /// How a presentation context with this abstract syntax is accepted; nil: it is refused (result 3).
    package func terms(for abstractSyntax: UID) -> ContextTerms? {
        for service in all {
            if let terms = service.terms(for: abstractSyntax) { return terms }
        }
        return nil
    }

    /// Those of the services that a peer may use.
    package func permitted(_ permissions: Set<Permission>) -> Services {
        Services(all.filter { permissions.contains($0.permission) })
    }

    /// What is to be done about a request: the first service that knows it decides. Nil: none does.
    package func begin(_ request: Request) -> Decision? {
        for service in all {
            if let decision = service.begin(request) { return decision }
        }
        return nil
    }
}
