import DIMSE
import Testing

@Suite struct StatusTests {
    @Test(
        "category is that of the standard",
        arguments: [
            (0x0000, .success), (0x0001, .warning), (0x0107, .warning), (0x0116, .warning),
            (0xB000, .warning), (0xB007, .warning), (0xBFFF, .warning),
            (0xFE00, .cancel), (0xFF00, .pending), (0xFF01, .pending),
            (0x0106, .failure), (0x0110, .failure), (0x0122, .failure), (0x0211, .failure),
            (0xA700, .failure), (0xA9FF, .failure), (0xC000, .failure), (0xCFFF, .failure),
            (0x0002, .failure), (0xFFFF, .failure),
        ] as [(UInt16, Status.Category)]
    )
    func categoryIsThatOfTheStandard(value: UInt16, category: Status.Category) {
        #expect(Status(rawValue: value).category == category)
    }

    @Test("only zero is success") func onlyZeroIsSuccess() {
        let successes = (UInt16.min...UInt16.max).filter { Status(rawValue: $0).category == .success }
        #expect(successes == [0])
    }

    @Test("description has four digits") func descriptionHasFourDigits() {
        #expect(Status.success.description == "0000H")
        #expect(Status.sopClassNotSupported.description == "0122H")
        #expect(Status.outOfResources.description == "A700H")
    }
}
