import NIOCore
import Testing

@testable import ApplicationEntities

@Suite("Why there is no transport connection")
struct UnreachableTests {
    @Test("the time without an answer has the unit that it was given in")
    func connectTimeout() {
        func words(_ time: TimeAmount) -> String {
            "\(RequestorError.unreachable(ChannelError.connectTimeout(time)))"
        }
        #expect(words(.seconds(1)) == "no connection: no answer within 1 s")
        #expect(words(.milliseconds(200)) == "no connection: no answer within 200 ms")
    }
}
