/// Tags that MLflow clients give a meaning to, and that the native API has fields for.
enum MLflowTag {
    static let runName = "mlflow.runName"
    static let parent = "mlflow.parentRunId"
    /// Markdown of a person, of a run or of an experiment.
    static let note = "mlflow.note.content"
}
