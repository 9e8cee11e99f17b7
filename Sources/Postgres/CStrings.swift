import Glibc

/// Calls `body` with a NULL-terminated array of C strings that live as long as the call.
func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
        // The array ends in nil, so it is never empty and has an address.
        guard let base = buffer.baseAddress else {
            preconditionFailure("an array with a terminator has an address")
        }
        return body(base)
    }
}

/// Calls `body` with one pointer per parameter, nil for NULL, all living as long as the call.
func withParameters<Result>(
    _ values: [PostgresValue],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    var offsets: [Int?] = []
    var bytes: [UInt8] = []
    for value in values {
        offsets.append(value.bytes == nil ? nil : bytes.count)
        bytes.append(contentsOf: value.bytes ?? [])
        bytes.append(0)  // an empty value still needs an address inside the buffer
    }
    return bytes.withUnsafeBytes { buffer in
        let base = buffer.assumingMemoryBound(to: CChar.self).baseAddress
        let pointers: [UnsafePointer<CChar>?] = offsets.map { offset in
            guard let base, let offset else { return nil }
            return base + offset
        }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
