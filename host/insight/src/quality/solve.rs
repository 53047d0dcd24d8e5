//! Linear equations with as many unknowns as an analyzer has labels: a handful.

/// A pivot below this would make of one percent of chance a hundred: such equations count as having no one solution.
const LEAST_PIVOT: f64 = 0.01;

/// Solves `matrix · x = right` by elimination with partial pivoting. `None` if the matrix is singular or nearly so.
pub(super) fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for column in 0..size {
        let pivot = (column..size).max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()))?;
        if matrix[pivot][column].abs() < LEAST_PIVOT {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let (above, below) = matrix.split_at_mut(column + 1);
        let head = &above[column];
        for (offset, row) in below.iter_mut().enumerate() {
            let factor = row[column] / head[column];
            for (cell, of) in row.iter_mut().zip(head).skip(column) {
                *cell -= factor * of;
            }
            right[column + 1 + offset] -= factor * right[column];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_with_a_known_solution() {
        // 2x + y = 4, x + 3y + z = 10, y + 4z = 14.
        let matrix = vec![vec![2.0, 1.0, 0.0], vec![1.0, 3.0, 1.0], vec![0.0, 1.0, 4.0]];
        let found = solve(matrix, vec![4.0, 10.0, 14.0]).expect("one solution");
        for (found, wanted) in found.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
        }
    }

    #[test]
    fn rows_are_exchanged_where_the_first_has_nothing() {
        assert_eq!(solve(vec![vec![0.0, 1.0], vec![1.0, 0.0]], vec![3.0, 7.0]), Some(vec![7.0, 3.0]));
    }

    #[test]
    fn what_has_no_one_solution_is_said() {
        assert_eq!(solve(vec![vec![0.5, 0.5], vec![0.5, 0.5]], vec![0.4, 0.6]), None);
        assert_eq!(solve(vec![vec![0.502, 0.5], vec![0.498, 0.5]], vec![0.4, 0.6]), None, "nearly singular");
        assert_eq!(solve(Vec::new(), Vec::new()), Some(Vec::new()));
    }
}
