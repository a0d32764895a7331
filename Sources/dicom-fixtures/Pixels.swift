/// An image that no one needs to look at: ramps, different in each frame.
struct Pixels: Sendable {
    var rows: Int
    var columns: Int
    var frames = 1
    /// RGB of 8 bits; otherwise gray of 12 bits in words.
    var isColor = false

    /// The samples of a gray image.
    var words: [UInt16] {
        samples { frame, row, column, _ in UInt16((row * 37 + column * 101 + frame * 211) % 4096) }
    }

    /// The samples of a colour image.
    var bytes: [UInt8] {
        samples { frame, row, column, plane in
            UInt8((row * 9 + column * 5 + frame * 40 + plane * 60) % 256)
        }
    }

    private func samples<Sample>(_ sample: (Int, Int, Int, Int) -> Sample) -> [Sample] {
        (0..<frames).flatMap { frame in
            (0..<rows).flatMap { row in
                (0..<columns).flatMap { column in
                    (0..<(isColor ? 3 : 1)).map { plane in sample(frame, row, column, plane) }
                }
            }
        }
    }
}
