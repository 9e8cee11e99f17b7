/// Values by the names d00, d01, …, whose order by name is their order in the list.
func byName(_ values: [Double]) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { (domainName($0), $1) })
}

func listed(_ values: [String: Double]) -> [Double] {
    values.sorted { $0.key < $1.key }.map(\.value)
}

func domainName(_ index: Int) -> String { "d" + (index < 10 ? "0" : "") + "\(index)" }

func domainNames(_ count: Int) -> [String] { (0..<count).map(domainName) }
