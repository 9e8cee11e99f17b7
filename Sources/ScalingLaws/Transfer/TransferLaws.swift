/// Fitted laws of hyperparameter transfer.
package let transferLaws: [any Law.Type] = [TransferCheck.self]
