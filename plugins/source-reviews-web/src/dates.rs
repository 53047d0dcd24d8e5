//! What sites write where a date should be. Pure.

use vigie_plugin::{Moment, time};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a date as sites write it.
///
/// # Shape
/// `text`: what [`time::parse`] reads; a date of three numbers, year first or last; English names of months. `language`: the page's, for numbers
/// that could be either day or month. Absent where it is no date, or where nothing says which of the two it is.
pub(crate) fn moment(text: &str, language: Option<&str>) -> Option<Moment> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    time::parse(text).ok().or_else(|| numbers(text, language)).or_else(|| names(text))
}

/// `09-06-2022`, `9/6/2022 12:30`, `9.6.2022`, `2022/06/09`, `2022-6-9`.
fn numbers(text: &str, language: Option<&str>) -> Option<Moment> {
    let (date, clock) = text.split_once([' ', 'T', ',']).unwrap_or((text, ""));
    let separator = date.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let parts: Vec<u32> = date.trim_end_matches('.').split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [first, second, third] = parts[..] else { return None };
    let (year, month, day) = if first > 31 {
        (first, second, third)
    } else if third < 100 {
        return None;
    } else {
        let day_first = if first > 12 || separator == '.' {
            true
        } else if second > 12 {
            false
        } else {
            first == second || day_first(language)?
        };
        if day_first { (third, second, first) } else { (third, first, second) }
    };
    whole(year, month, day, clock)
}

/// Whether a language's readers write the day before the month; unknown for English, which both sides of an ocean write.
fn day_first(language: Option<&str>) -> Option<bool> {
    let language = language?.trim().to_ascii_lowercase().replace('_', "-");
    match language.as_str() {
        "en-us" | "en-ph" => Some(false),
        "en" | "" => None,
        "zh" | "ja" | "ko" | "hu" | "lt" => None,
        _ => Some(true),
    }
}

/// `January 5, 2020`, `5 Jan 2020`, `Sunday, 5th January 2020`.
fn names(text: &str) -> Option<Moment> {
    let words: Vec<&str> = text.split([' ', ',', '\u{a0}']).filter(|word| !word.is_empty()).collect();
    let (mut day, mut month, mut year, mut clock) = (None, None, None, "");
    for word in words {
        let lower = word.to_ascii_lowercase();
        let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        if word.contains(':') {
            clock = word;
        } else if let Ok(number) = digits.parse::<u32>() {
            if number > 31 { year = year.or(Some(number)) } else { day = day.or(Some(number)) }
        } else if month.is_none() && lower.is_ascii() && lower.len() >= 3 {
            month = MONTHS.iter().position(|name| lower.starts_with(name)).and_then(|at| u32::try_from(at + 1).ok());
        }
    }
    whole(year?, month?, day?, clock)
}

fn whole(year: u32, month: u32, day: u32, clock: &str) -> Option<Moment> {
    let date = format!("{year:04}-{month:02}-{day:02}");
    let clock = clock.trim();
    let timed = (!clock.is_empty()).then(|| time::rfc3339(&format!("{date}T{clock}")).ok()).flatten();
    timed.or_else(|| time::rfc3339(&date).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_all_kinds() {
        let day = |text: &str| time::rfc3339(text).ok();
        let cases = [
            ("2026-01-02T03:04:05+02:00", None, day("2026-01-02T01:04:05Z")),
            ("2010-07-15 12:53:35", None, day("2010-07-15T12:53:35")),
            ("2026-01-02", None, day("2026-01-02")),
            ("2026-1-2", None, day("2026-01-02")),
            ("2026/01/02", None, day("2026-01-02")),
            ("09-06-2022", Some("nl"), day("2022-06-09")),
            ("09-06-2022", Some("nl-NL"), day("2022-06-09")),
            ("09/06/2022", Some("en-US"), day("2022-09-06")),
            ("09/06/2022", Some("en-GB"), day("2022-06-09")),
            ("09/06/2022", Some("en"), None),
            ("09/06/2022", None, None),
            ("09/09/2022", None, day("2022-09-09")),
            ("19/06/2022", None, day("2022-06-19")),
            ("06/19/2022", None, day("2022-06-19")),
            ("9.6.2022", None, day("2022-06-09")),
            ("9.6.2022 12:30", None, day("2022-06-09T12:30:00")),
            ("January 5, 2020", None, day("2020-01-05")),
            ("Sunday, 5th of January 2020", None, day("2020-01-05")),
            ("5 sept. 2020", None, day("2020-09-05")),
            ("yesterday", None, None),
            ("31/31/2022", None, None),
            ("06/22", Some("fr"), None),
            ("", None, None),
        ];
        for (text, language, moment) in cases {
            assert_eq!(super::moment(text, language), moment, "{text} {language:?}");
        }
        assert_eq!(moment(&"9".repeat(5000), None), None);
    }
}
