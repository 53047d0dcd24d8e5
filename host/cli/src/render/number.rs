//! Numbers as people read them.

use std::time::Duration;

/// `1,204,377`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 correction`, `1,204 corrections`
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `31 %`; a share that is not nothing is never shown as nothing.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        value if value > 0.0 && value < 0.5 => "<1 %".to_owned(),
        value if value < 100.0 && value > 99.5 => ">99 %".to_owned(),
        value => format!("{value:.0} %"),
    }
}

/// `+0.31`; zero without a sign.
pub(crate) fn signed(value: f64) -> String {
    let text = format!("{value:+.2}");
    if matches!(text.as_str(), "+0.00" | "-0.00") { "0.00".to_owned() } else { text.replace('-', "−") }
}

/// `1.4 MiB`
pub(crate) fn bytes(number: u64) -> String {
    let mut value = number as f64;
    for unit in ["B", "KiB", "MiB"] {
        if value < 1024.0 {
            return if unit == "B" { format!("{number} B") } else { format!("{value:.1} {unit}") };
        }
        value /= 1024.0;
    }
    format!("{value:.1} GiB")
}

/// `840 ms`, `12.3 s`, `4 min`
pub(crate) fn time(span: Duration) -> String {
    match span.as_secs() {
        0 => format!("{} ms", span.as_millis()),
        1..=119 => format!("{:.1} s", span.as_secs_f64()),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([count(0), count(999), count(1_000), count(1_204_377)], ["0", "999", "1,000", "1,204,377"]);
        assert_eq!([counted(1, "row"), counted(2_000, "row")], ["1 row", "2,000 rows"]);
        assert_eq!(
            [percent(0.0), percent(0.001), percent(0.314), percent(0.999), percent(1.0)],
            ["0 %", "<1 %", "31 %", ">99 %", "100 %"]
        );
        assert_eq!([signed(0.314), signed(-0.2), signed(-0.001)], ["+0.31", "−0.20", "0.00"]);
        assert_eq!([bytes(12), bytes(1_536), bytes(3 << 30)], ["12 B", "1.5 KiB", "3.0 GiB"]);
        assert_eq!(time(Duration::from_millis(12_345)), "12.3 s");
    }
}
