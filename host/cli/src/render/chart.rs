//! A small chart: one column a day, or a column for several days where there is no room.

/// Draws what no column can show: a stretch of time that was not collected.
pub(crate) const GAP: char = '░';

/// A line of bars, one a value, the highest value of `highest` filling a whole cell.
///
/// # Shape
/// Zero is `·`, a gap without a value [`GAP`], so that silence and blindness are never taken for each other.
pub(crate) fn bars(values: &[u64], gaps: &[bool], highest: u64) -> String {
    const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    values
        .iter()
        .enumerate()
        .map(|(index, &value)| match (value, gaps.get(index).copied().unwrap_or(false)) {
            (0, true) => GAP,
            (0, false) => '·',
            (value, _) => {
                let step = (value.min(highest) * STEPS.len() as u64).div_ceil(highest.max(1)).clamp(1, STEPS.len() as u64);
                STEPS.get(usize::try_from(step - 1).unwrap_or(0)).copied().unwrap_or('█')
            }
        })
        .collect()
}

/// How many days share a column so that `days` fit into `room` columns.
pub(crate) fn days_a_column(days: usize, room: usize) -> usize {
    days.div_ceil(room.max(1)).max(1)
}

/// Sums of every `size` values.
pub(crate) fn sums(values: &[u64], size: usize) -> Vec<u64> {
    values.chunks(size.max(1)).map(|chunk| chunk.iter().sum()).collect()
}

/// Whether any of every `size` days has a gap.
pub(crate) fn any(gaps: &[bool], size: usize) -> Vec<bool> {
    gaps.chunks(size.max(1)).map(|chunk| chunk.contains(&true)).collect()
}

/// A bar that stands for a share of the whole, at most `room` columns long.
pub(crate) fn share(value: f64, room: usize) -> String {
    const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (value.clamp(0.0, 1.0) * room as f64 * 8.0).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(PARTS[eighths % 8 - 1]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_never_drawn_as_silence() {
        assert_eq!(bars(&[0, 1, 4, 8, 0, 3], &[false, false, false, false, true, true], 8), "·▁▄█░▃");
        assert_eq!(bars(&[1, 1000], &[], 1000), "▁█");
        assert_eq!(bars(&[0], &[], 0), "·");
    }

    #[test]
    fn days_share_columns_where_there_is_no_room() {
        assert_eq!(days_a_column(60, 80), 1);
        assert_eq!(days_a_column(365, 80), 5);
        assert_eq!(sums(&[1, 2, 3, 4, 5], 2), [3, 7, 5]);
        assert_eq!(any(&[false, true, false, false, false], 2), [true, false, false]);
    }

    #[test]
    fn a_share_fills_its_part() {
        assert_eq!(share(0.5, 4), "██");
        assert_eq!(share(0.0, 4), "");
        assert_eq!(share(1.5, 4), "████");
        assert_eq!(share(0.30, 4), "█▎");
    }
}
