package import DIMSE

/// The Verification service class (PS3.4 Annex A): answers C-ECHO.
package enum VerificationSCP {
    /// Success, always: that an answer comes at all is what C-ECHO asks (PS3.7 §9.1.5). The SOP class is echoed as it
    /// was sent, on whatever presentation context it came.
    package static func answer(_ request: CEchoRQ) -> CEchoRSP {
        CEchoRSP(to: request, status: .success)
    }
}
