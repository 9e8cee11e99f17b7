/// Which words belong where: the table of the architecture, as far as the compiler does not enforce
/// it already.
enum HouseRules {
    static let pureModules = [
        "Sources/Runs", "Sources/ScalingLaws", "Sources/Mixtures", "Sources/Importers",
        "Sources/API",
    ]
    static let wrappers = [
        "Sources/LinearAlgebra", "Sources/Postgres", "Sources/Compression", "Sources/Client",
    ]

    static let all: [WordRule] =
        [
            WordRule(
                name: "pure modules do no I/O",
                words: [
                    "FileManager", "FileHandle", "Date()", "Date.now", "Task.sleep", "ProcessInfo",
                    "URLSession", "getenv", "print(", "contentsOfFile", "ContinuousClock",
                    "SystemRandomNumberGenerator", "arc4random", "shuffled()", "randomElement()",
                    "UUID()",
                ],
                part: .code,
                folders: pureModules,
                instead: "a pure module takes files, time and randomness as arguments"
            ),
            WordRule(
                name: "pointers stay in their wrapper",
                words: [
                    "OpaquePointer", "UnsafePointer", "UnsafeMutablePointer", "UnsafeRawPointer",
                    "UnsafeMutableRawPointer", "UnsafeBufferPointer", "UnsafeMutableBufferPointer",
                    "UnsafeRawBufferPointer", "UnsafeMutableRawBufferPointer", "withUnsafeBytes",
                    "withUnsafeMutableBytes", "withUnsafePointer", "withUnsafeMutablePointer",
                    "withUnsafeBufferPointer", "withUnsafeMutableBufferPointer", "unsafeBitCast",
                ],
                part: .code,
                folders: ["Sources"],
                except: wrappers,
                instead: "only LinearAlgebra, Postgres, Compression and Client see a pointer"
            ),
            WordRule(
                name: "a C library is imported by its wrapper alone",
                words: ["import CPostgres", "import COpenBLAS", "import CCurl", "import CZlib"],
                part: .code,
                folders: ["Sources", "Tests"],
                except: wrappers,
                instead: "import the wrapper"
            ),
            WordRule(
                name: "SQL stays in Storage",
                words: [
                    "INSERT INTO", "DELETE FROM", "SELECT", "CREATE TABLE", "ALTER TABLE",
                    "ON CONFLICT", "insert into", "delete from", "create table",
                ],
                part: .literals,
                folders: ["Sources"],
                except: ["Sources/Storage", "Sources/Postgres", "Sources/Benchmark/Meter"],
                instead: "statements live in Storage and sql/"
            ),
            WordRule(
                name: "the chart library is named in its places",
                words: ["plotly"],
                part: .code,
                folders: ["Sources", "web"],
                except: [
                    "Sources/Server/Figures", "web/components/figure.js",
                    "web/components/figure-menu.js",
                ],
                isCaseSensitive: false,
                instead: "figures are made in Server/Figures and drawn by web/components/figure.js"
            ),
            WordRule(
                name: "MLflow's words stay in Server/MLflow",
                words: [
                    "/api/2.0/mlflow", "run_uuid", "artifact_uri", "lifecycle_stage",
                    "RESOURCE_DOES_NOT_EXIST", "RESOURCE_ALREADY_EXISTS", "INVALID_PARAMETER_VALUE",
                    "ACTIVE_ONLY", "DELETED_ONLY",
                ],
                part: .literals,
                folders: ["Sources"],
                except: ["Sources/Server/MLflow", "Sources/Benchmark/MLflow"],
                instead: "translate at the border, in Server/MLflow"
            ),
        ] + wording

    private static let wording: [WordRule] = [
        WordRule(
            name: "no unfinished business",
            words: ["TODO", "FIXME", "XXX"],
            part: .everything,
            folders: [],
            except: ["Tests/TidyTests", "LICENSE"],
            instead: "finish it, or open an issue"
        ),
        WordRule(
            name: "no machine's paths",
            words: ["/home/", "/root/", "/opt/", "/Users/"],
            part: .everything,
            folders: [],
            except: ["Tests/TidyTests"],
            instead: "a path of one machine means nothing on another"
        ),
        WordRule(
            name: "no package registry's host",
            words: ["--index-url", "--extra-index-url", "://registry.", "://cdn."],
            part: .everything,
            folders: [],
            except: ["Tests/TidyTests"],
            instead: "packages come through their ordinary clients and settings"
        ),
        WordRule(
            name: "no careless escape",
            words: ["try!", "fatalError", "Task.detached", "@testable"],
            part: .code,
            folders: ["Sources", "Tests"],
            except: ["Tests/TidyTests"],
            fileExtensions: ["swift"],
            instead: "handle it, or state it as a precondition with a sentence"
        ),
    ]
}
