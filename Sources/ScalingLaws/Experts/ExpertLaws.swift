/// Laws of mixtures of experts, in the order pages list them.
package let expertLaws: [any Law.Type] = [
    JointExperts.self,
    GranularExperts.self,
    SparseExperts.self,
    RoutedExperts.self,
    Upcycling.self,
]
