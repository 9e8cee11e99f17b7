import ArgumentParser

/// The quantities a question may name; the server refuses those that the law does not use.
struct QuestionOptions: ParsableArguments {
    @Option(help: "Model size N, counted as the project counts it.")
    var parameters: Quantity?

    @Option(help: "Parameters active for a token, of a mixture of experts.")
    var activeParameters: Quantity?

    @Option(help: "Training tokens D.")
    var tokens: Quantity?

    @Option(help: "Compute budget in FLOPs; C = 6·N·D.")
    var flops: Quantity?

    @Option(help: "Tokens per step, if the batch is already chosen.")
    var batchTokens: Quantity?

    @Option(help: "Tokens per sequence, to give the batch in sequences too.")
    var sequenceLength: Quantity?

    @Option(help: "Tokens to be served over the model's life.")
    var inferenceTokens: Quantity?

    @Option(help: "Tokens of distinct data at hand.")
    var uniqueTokens: Quantity?

    @Option(help: "Loss to reach, in nats per token.")
    var targetLoss: Quantity?

    @Option(help: "Tokens that may be wasted for speed, in per cent.")
    var wastePercent: Quantity?

    @Option(help: "Experts of a layer.")
    var experts: Quantity?

    @Option(help: "Memory that the weights may take, in bytes.")
    var memoryBytes: Quantity?

    @Option(help: "Tokens per second of one device.")
    var tokensPerSecond: Quantity?

    @Option(help: "Devices of the cluster.")
    var devices: Quantity?

    @Option(help: "Largest batch the cluster can take, in tokens per step.")
    var maximumBatchTokens: Quantity?

    @Option(help: "Seconds of a step that no more devices can remove.")
    var stepOverheadSeconds: Quantity?

    @Option(help: "Tokens the dense model was trained on before upcycling.")
    var denseTokens: Quantity?

    @Option(help: "Tokens of fine-tuning data.")
    var fineTuningTokens: Quantity?

    @Option(help: "Steps of the training.")
    var steps: Quantity?

    @Option(help: "Peak learning rate, if it is already chosen.")
    var learningRate: Quantity?

    /// The part of the query that says what is asked, by the names of the API.
    var query: [(name: String, value: String)] {
        let named: [(String, Quantity?)] = [
            ("parameters", parameters),
            ("activeParameters", activeParameters),
            ("tokens", tokens),
            ("flops", flops),
            ("batchTokens", batchTokens),
            ("sequenceLength", sequenceLength),
            ("inferenceTokens", inferenceTokens),
            ("uniqueTokens", uniqueTokens),
            ("targetLoss", targetLoss),
            ("wastePercent", wastePercent),
            ("experts", experts),
            ("memoryBytes", memoryBytes),
            ("tokensPerSecond", tokensPerSecond),
            ("devices", devices),
            ("maximumBatchTokens", maximumBatchTokens),
            ("stepOverheadSeconds", stepOverheadSeconds),
            ("denseTokens", denseTokens),
            ("fineTuningTokens", fineTuningTokens),
            ("steps", steps), ("learningRate", learningRate),
        ]
        return named.compactMap { name, quantity in quantity.map { (name, $0.text) } }
    }
}
