/// A place where the source breaks a rule of the house.
struct Finding: CustomStringConvertible, Hashable {
    var path: String
    /// 1-based; nil when the whole file is meant.
    var line: Int?
    var message: String

    var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(message)"
    }
}
