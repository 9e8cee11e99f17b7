import LinearAlgebra
import Testing

@Suite struct MatrixTests {
    @Test func `least squares gives the line through three points worked by hand`() throws {
        let design = Matrix(rows: [[1, 1], [1, 2], [1, 3]])
        let line = try design.leastSquares([1, 2, 2])
        #expect(abs(line[0] - 2.0 / 3) < 1e-12)
        #expect(abs(line[1] - 0.5) < 1e-12)
    }

    @Test func `an undetermined direction is refused with the rank`() {
        let design = Matrix(rows: [[1, 2], [2, 4], [3, 6]])
        #expect(throws: LinearAlgebraError.rankDeficient(rank: 1, columns: 2)) {
            try design.leastSquares([1, 2, 3])
        }
    }

    @Test func `fewer equations than unknowns are refused`() {
        let error = LinearAlgebraError.badShape(rows: 1, columns: 2, rightHandSide: 1)
        #expect(throws: error) { try Matrix(rows: [[1, 2]]).leastSquares([1]) }
    }

    @Test func `a value that is not finite is refused`() {
        let design = Matrix(rows: [[1, .nan], [0, 1]])
        #expect(throws: LinearAlgebraError.notFinite) { try design.leastSquares([1, 2]) }
        #expect(throws: LinearAlgebraError.notFinite) {
            try Matrix(rows: [[1]]).choleskySolve([.infinity])
        }
    }

    @Test func `Cholesky solves a system worked by hand`() throws {
        let matrix = Matrix(rows: [[4, 2], [2, 3]])
        let solution = try matrix.choleskySolve([8, 7])
        #expect(abs(solution[0] - 1.25) < 1e-12)
        #expect(abs(solution[1] - 1.5) < 1e-12)
        let inverse = try matrix.choleskyInverse()
        #expect(abs(inverse[0, 0] - 0.375) < 1e-12)
        #expect(abs(inverse[0, 1] + 0.25) < 1e-12)
    }

    @Test func `an indefinite matrix is refused with the failing pivot`() {
        #expect(throws: LinearAlgebraError.notPositiveDefinite(pivot: 1)) {
            try Matrix(rows: [[1, 2], [2, 1]]).choleskySolve([1, 1])
        }
    }

    @Test func `the small solver agrees with LAPACK`() throws {
        let rows = [[6.0, 2, 1], [2, 5, 2], [1, 2, 4]]
        let expected = try Matrix(rows: rows).choleskySolve([1, -2, 3])
        var system = SmallSystem(size: 3)
        system.matrix = rows.flatMap(\.self)
        system.vector = [1, -2, 3]
        let solved = system.solve()
        #expect(solved)
        for (left, right) in zip(system.vector, expected) { #expect(abs(left - right) < 1e-12) }
    }

    @Test func `the small solver refuses an indefinite matrix`() {
        var system = SmallSystem(size: 2)
        system.matrix = [1, 2, 2, 1]
        system.vector = [1, 1]
        let solved = system.solve()
        #expect(!solved)
    }

    @Test func `a matrix times a vector is the sum of its columns`() {
        #expect(Matrix(rows: [[1, 2], [3, 4]]) * [5, 6] == [17, 39])
    }
}
