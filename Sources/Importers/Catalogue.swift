/// Every log format; the import endpoint and the command line read this list.
package let importers: [any Importer.Type] = [
    CSVImporter.self, JSONLinesImporter.self, MixtureTableImporter.self, MixtureLogImporter.self,
]

/// The importer of a format's name.
package func importer(for format: String) throws(ImportError) -> any Importer.Type {
    guard let found = importers.first(where: { $0.format == format }) else {
        throw .unknownFormat(format, known: importers.map { $0.format })
    }
    return found
}
