import COpenBLAS

/// Processor cores of this machine, for work that is parallel over starts and draws.
package enum Processors {
    package static let count = max(1, Int(openblas_get_num_procs()))
}
