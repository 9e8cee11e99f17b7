// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A Swift target with the settings every target shares.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: swiftSettings
    )
}

func library(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let serverPackages: [Target.Dependency] = [
    hummingbird,
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "ArgumentParser", package: "swift-argument-parser"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOFoundationCompat", package: "swift-nio"),
    .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "Metrics", package: "swift-metrics"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    .product(name: "Configuration", package: "swift-configuration"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
]

let package = Package(
    name: "isoloss",
    products: [
        .executable(name: "isoloss-server", targets: ["Server"]),
        .executable(name: "isoloss", targets: ["CLI"]),
        .executable(name: "isoloss-benchmark", targets: ["Benchmark"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        // C libraries
        library("CPostgres", pkgConfig: "libpq", debian: "libpq-dev"),
        library("COpenBLAS", pkgConfig: "openblas", debian: "libopenblas-dev"),
        library("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
        library("CZlib", pkgConfig: "zlib", debian: "zlib1g-dev"),
        // wrappers: the only code that sees a pointer
        module("LinearAlgebra", ["COpenBLAS"]),
        module("Postgres", ["CPostgres"]),
        module("Compression", ["CZlib"]),
        module("Client", ["CCurl", "API", "Runs"]),
        // pure modules: no I/O
        module("Runs"),
        module("ScalingLaws", ["Runs", "LinearAlgebra"]),
        module("Mixtures", ["Runs", "ScalingLaws", "LinearAlgebra"]),
        module("Importers", ["Runs"]),
        module("API", ["Runs"]),
        // assemblies
        module("Storage", ["Postgres", "Runs", "ScalingLaws"]),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Storage", "Postgres", "Importers", "ScalingLaws", "Mixtures", "API", "Runs",
                "Compression",
            ] + serverPackages,
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "Client", "API", "Importers", "Runs",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "Benchmark",
            dependencies: [
                "Postgres", "ScalingLaws", "Mixtures", "API", "Runs", "Importers", "Compression",
                hummingbird,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings
        ),
        // tests
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "Storage", "Runs", "ScalingLaws"],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings
        ),
        tests("RunsTests", ["Runs", "TestSupport"]),
        tests("LinearAlgebraTests", ["LinearAlgebra", "TestSupport"]),
        tests("CompressionTests", ["Compression", "TestSupport"]),
        tests("ImportersTests", ["Importers", "Runs", "TestSupport"]),
        tests(
            "ScalingLawsTests",
            ["ScalingLaws", "LinearAlgebra", "Importers", "Compression", "Runs", "TestSupport"]
        ),
        tests(
            "MixturesTests",
            ["Mixtures", "ScalingLaws", "LinearAlgebra", "TestSupport"]
        ),
        tests("APITests", ["API", "Runs", "TestSupport"]),
        tests("PostgresTests", ["Postgres", "TestSupport"]),
        tests("StorageTests", ["Storage", "Postgres", "Runs", "ScalingLaws", "TestSupport"]),
        tests(
            "ServerTests",
            [
                "Server", "Storage", "API", "Runs", "Importers", "ScalingLaws", "Mixtures",
                "Postgres", "TestSupport",
            ] + serverPackages
        ),
        tests("ClientTests", ["CLI", "Client", "API", "Importers", "Runs", "TestSupport"]),
        tests("EndToEndTests", ["TestSupport", "Runs", "API", "Postgres"], exclude: ["Python"]),
        tests("WebTests", ["TestSupport", "Client", "Runs", "API"]),
        tests("TidyTests", ["TestSupport", "Runs"]),
    ],
    swiftLanguageModes: [.v6]
)
