import ArgumentParser

/// Which keys a command takes as options.
protocol KeySelection: Sendable {
    static var keys: [ConfigurationKey] { get }
}

/// Every key, for `serve` and `config`.
enum EveryKey: KeySelection {
    static var keys: [ConfigurationKey] { ConfigurationKey.all }
}

/// Keys of the configuration as options of a command. ArgumentParser finds options by reflection; this type shows it
/// one for each key.
struct SettingOptions<Selection: KeySelection>: ParsableArguments, CustomReflectable {
    /// What was given for keys, by their names: the texts of a list, or one text. Each has been read, so none is wrong.
    private(set) var texts: [String: [String]] = [:]

    init() {}

    var customMirror: Mirror {
        Mirror(self, children: Selection.keys.map { (label: "_" + $0.name, value: $0.parserOption) })
    }

    init(from decoder: any Decoder) throws {
        let options = try decoder.container(keyedBy: OptionName.self)
        for key in Selection.keys {
            let name = OptionName(stringValue: key.name)
            if key.shape == .list {
                let lists = try options.decode(Option<[[String]]>.self, forKey: name).wrappedValue
                if !lists.isEmpty { texts[key.name] = Array(lists.joined()) }
            } else {
                texts[key.name] = try options.decode(Option<String?>.self, forKey: name).wrappedValue.map { [$0] }
            }
        }
    }

    private struct OptionName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) {
            self.stringValue = stringValue
        }

        init?(intValue: Int) { nil }
    }
}

extension ConfigurationKey {
    /// As ArgumentParser sees it.
    fileprivate var parserOption: Any {
        let names = NameSpecification(
            [.customLong(optionName)] + (shortOption.map { [.customLong($0)] } ?? [])
        )
        let help = ArgumentHelp("\(help) (default: \(defaultText))", valueName: valueName)
        if shape == .list {
            return Option<[[String]]>(
                wrappedValue: [],
                name: names,
                parsing: .upToNextOption,
                help: help,
                transform: { text in
                    let texts = RawValue.split(text)
                    try check(.list(texts))
                    return texts
                }
            )
        }
        return Option<String?>(
            name: names,
            // A negative number is a value that is not taken, no option.
            parsing: .unconditional,
            help: help,
            transform: { text in
                try check(.text(text))
                return text
            }
        )
    }

    /// *Errors*: `InvalidValue`; ArgumentParser puts it behind the value and the option.
    private func check(_ raw: RawValue) throws {
        do throws(InvalidConfigurationValue) {
            _ = try read(raw)
        } catch {
            // Which one it is, where the value has several.
            let reasons = error.faults.map { shape == .scalar ? $0.reason : $0.problem }
            throw InvalidValue(reasons.joined(separator: "; ") + ".")
        }
    }
}
