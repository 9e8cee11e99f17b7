import Foundation

/// Writes one line to standard output at once: `print` keeps lines back when the output is a pipe.
func say(_ line: String) {
    let bytes = Data((line + "\n").utf8)
    do {
        try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
        // Nobody reads our output any more; the server serves on.
        return
    }
}
