/// Why a setting does not take a value, as a hint that says what it takes: ArgumentParser puts it behind the value and
/// the option.
struct InvalidValue: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
