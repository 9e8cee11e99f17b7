import Runs

extension SeriesList {
    /// The answer's JSON; `series` are the texts of `SeriesMessage.write`, in order.
    package func write(to writer: inout JSONWriter, series: [ArraySlice<UInt8>]) {
        writer.raw(#"{"#)
        if let leftOut {
            writer.raw(#""leftOut":"#)
            writer.list(leftOut) { writer, one in
                writer.field("reason", one.reason)
                writer.field("run", one.run.hex, comma: true)
                writer.raw("}")
            }
            writer.raw(",")
        }
        writer.raw(#""series":["#)
        for (index, text) in series.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw(text)
        }
        writer.raw("],")
        if let sources {
            writer.raw(#""sources":"#)
            writer.list(sources) { writer, one in
                writer.field("run", one.run.hex)
                writer.field("source", one.source, comma: true)
                writer.raw("}")
            }
            writer.raw(",")
        }
        writer.raw(#""x":"#)
        writer.string(x.rawValue)
        writer.raw("}")
    }
}

extension SeriesMessage {
    package func write(to writer: inout JSONWriter) {
        writer.raw(#"{"count":"#)
        writer.array(count.map(Int64.init))
        writer.raw(#","last":"#)
        writer.array(last)
        writer.raw(#","max":"#)
        writer.array(max)
        writer.raw(#","metric":"#)
        writer.string(metric)
        writer.raw(#","min":"#)
        writer.array(min)
        writer.raw(#","run":"#)
        writer.string(run.hex)
        writer.raw(#","x":"#)
        writer.array(x)
        writer.raw("}")
    }
}

extension StreamedPoints {
    package func write(to writer: inout JSONWriter) {
        writer.raw(#"{"series":"#)
        writer.list(series) { writer, one in
            writer.raw(#"{"metric":"#)
            writer.string(one.metric)
            writer.raw(#","run":"#)
            writer.string(one.run.hex)
            writer.raw(#","steps":"#)
            writer.array(one.steps)
            writer.raw(#","times":"#)
            writer.array(one.times)
            writer.raw(#","values":"#)
            writer.array(one.values)
            writer.raw("}")
        }
        writer.raw("}")
    }
}

extension JSONWriter {
    /// An array, its elements written by `write`.
    fileprivate mutating func list<Element>(
        _ elements: [Element],
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        raw("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw("]")
    }

    /// A field of an object with a string value: the first, or with `comma` a later one.
    package mutating func field(_ name: String, _ value: String, comma: Bool = false) {
        raw(comma ? "," : "{")
        string(name)
        raw(":")
        string(value)
    }
}
