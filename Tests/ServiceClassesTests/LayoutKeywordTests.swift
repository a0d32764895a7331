import Archive
import DataSets
import Testing

@Suite struct LayoutKeywordTests {
    /// The archive knows no data sets, and the scanner no layouts; here both lists meet.
    @Test("every keyword of a layout is read from the data set") func everyKeywordOfALayoutIsReadFromTheDataSet() {
        let encoding: Set<String> = [
            "SpecificCharacterSet", "SamplesPerPixel", "Rows", "Columns", "BitsAllocated", "BitsStored",
        ]
        let read = Set(WantedElement.all.map(\.keyword)).subtracting(encoding)
        #expect(Layout.keywords == read.union(["received", "CallingAETitle", "CalledAETitle"]))
    }
}
