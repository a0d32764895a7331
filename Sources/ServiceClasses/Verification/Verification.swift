package import Associations
import DIMSE

/// The Verification service class (PS3.4 Annex A): answers C-ECHO.
package struct Verification: ServiceClass {
    package init() {}

    package var permission: Permission { .echo }

    package func terms(for abstractSyntax: UID) -> ContextTerms? {
        abstractSyntax == SOPClasses.verification ? ContextTerms() : nil
    }

    /// Success, always: that an answer comes at all is what C-ECHO asks (PS3.7 §9.1.5). The SOP class is echoed as it
    /// was sent, on whatever presentation context it came.
    package func begin(_ request: Request) -> Decision? {
        guard case .cEchoRQ(let echo) = request.command else { return nil }
        return .respond(Message(.cEchoRSP(CEchoRSP(to: echo, status: .success))))
    }
}
