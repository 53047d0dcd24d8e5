//! Dates as boards print them: in the reader's language, in the board's own zone, often relative to the present.
//!
//! Boards state no zone beside their dates, so what is read here is zoneless, except for a span before the present ("5 minutes ago").

use super::months::{days_before, fold, month, span_before};
use crate::{Instant, Moment, Precision, time};

const DAY_MS: i64 = 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// No zone is further ahead of UTC: what lies further in the future was yesterday.
const AHEAD_MS: i64 = 14 * 3_600_000;

/// In which order days and months stand where both are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `21/1/2009`
    DayFirst,
    /// `1/21/2009`
    MonthFirst,
}

impl Order {
    /// What the dates of one page agree on: a number above twelve is no month. Where all are silent, English boards that print AM and PM
    /// put the month first, as vBulletin does by default, and everybody else the day.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut noon = false;
        for text in texts {
            let text = fold(text);
            noon |= text.split(|char: char| !char.is_alphanumeric()).any(|word| word.ends_with("am") || word.ends_with("pm"));
            for word in text.split(|char: char| char.is_whitespace() || char == ',') {
                let numbers: Vec<u32> = word.split(['/', '-', '.']).filter_map(|piece| piece.parse().ok()).collect();
                match numbers.as_slice() {
                    [first, second, _] if *first > 12 && *first < 32 && *second <= 12 => return Self::DayFirst,
                    [first, second, _] if *second > 12 && *second < 32 && *first <= 12 => return Self::MonthFirst,
                    _ => {}
                }
            }
        }
        if noon { Self::MonthFirst } else { Self::DayFirst }
    }
}

/// Reads a date as a board prints it.
///
/// # Shape
/// `text`: RFC 3339 and its relatives; a day, a month (a name in one of some twenty languages or a number), a year of two or four digits
/// and perhaps a time of day, with or without AM and PM; "today" and "yesterday" with a time; a span before the present. Digits of any
/// script. Years of the Persian and of the Buddhist calendar are converted. Words around it do no harm. `served`: the present of the page;
/// `order`: what `1/2/2009` means. `None` where it is no date.
///
/// # Examples
/// ```
/// # use vigie_plugin::{Moment, forum::dates::{Order, moment}};
/// let at = moment("Ven 7 Oct 2011 08:23", 0, Order::DayFirst);
/// assert_eq!(at, Some(Moment::zoneless(1_317_975_780_000)));
/// ```
#[must_use]
pub fn moment(text: &str, served: Instant, order: Order) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if let Ok(moment) = time::rfc3339(text).or_else(|_| time::rfc2822(text))
        && plausible(moment)
    {
        return Some(moment);
    }
    let folded = fold(text);
    if let Some((before, span)) = span_before(&folded) {
        let at = served.checked_sub(before)?;
        return Some(if span < DAY_MS { Moment::second(at) } else { Moment::day(at.div_euclid(DAY_MS) * DAY_MS) });
    }
    let parts = Parts::of(&folded, order);
    parts.relative(served).or_else(|| parts.absolute())
}

/// Other calendars' years are no years of ours.
fn plausible(moment: Moment) -> bool {
    // 1970 to 2100.
    (0..4_102_444_800_000).contains(&moment.at)
}

#[derive(Default)]
struct Parts {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<i32>,
    minutes: Option<i64>,
    seconds: i64,
    afternoon: Option<bool>,
    days_before: Option<i64>,
}

impl Parts {
    fn of(text: &str, order: Order) -> Self {
        let mut parts = Self::default();
        // `2012年5月3日`
        let text = text.replace(['年', '月'], "-").replace('日', " ");
        for word in text.split(|char: char| char.is_whitespace() || matches!(char, ',' | '(' | ')' | '»' | '|' | '،' | ';')) {
            let word = word.trim_matches(|char: char| matches!(char, '.' | ':' | '-' | '/'));
            if word.is_empty() {
                continue;
            }
            if parts.minutes.is_none() && parts.clock(word) {
                continue;
            }
            if word.contains(['/', '.', '-']) && parts.joined(word, order) {
                continue;
            }
            if word.contains(['-', '/', '.']) && !word.contains(':') {
                word.split(['-', '/', '.']).for_each(|piece| parts.word(piece));
            } else {
                parts.word(word);
            }
        }
        parts
    }

    /// `10:20`, `10:20:30`, `10:20pm`, `10h20`; `10.20` behind a date.
    fn clock(&mut self, word: &str) -> bool {
        let dotted = self.year.is_some() || self.days_before.is_some();
        let separator = |char: char| char == ':' || char == 'h' || (dotted && char == '.');
        if !word.starts_with(|char: char| char.is_ascii_digit()) || !word.contains(separator) {
            return false;
        }
        let end = word.find(|char: char| !char.is_ascii_digit() && !separator(char)).unwrap_or(word.len());
        let mut numbers = word[..end].split(separator).map(|piece| piece.parse::<i64>());
        let (Some(Ok(hour)), Some(Ok(minute))) = (numbers.next(), numbers.next()) else { return false };
        let second = numbers.next().and_then(Result::ok).unwrap_or(0);
        if hour > 24 || minute > 59 || second > 60 {
            return false;
        }
        self.minutes = Some(hour * 60 + minute);
        self.seconds = second.min(59);
        match &word[end..] {
            rest if rest.starts_with('a') => self.afternoon = Some(false),
            rest if rest.starts_with('p') => self.afternoon = Some(true),
            _ => {}
        }
        true
    }

    /// `21.01.2009`, `2009-01-21`, `1/21/09`, `07-dec-2017`.
    fn joined(&mut self, word: &str, order: Order) -> bool {
        let pieces: Vec<&str> = word.split(['/', '.', '-']).filter(|piece| !piece.is_empty()).collect();
        let numbers: Option<Vec<u32>> = pieces.iter().map(|piece| piece.parse().ok()).collect();
        let Some([first, second, third]) = numbers.as_deref() else { return false };
        let (day, month, year) = if pieces[0].len() == 4 {
            (*third, *second, *first)
        } else if *second > 12 || (order == Order::MonthFirst && !word.contains('.') && *first <= 12) {
            (*second, *first, *third)
        } else {
            (*first, *second, *third)
        };
        (self.day, self.month, self.year) = (Some(day), Some(month), full_year(year));
        true
    }

    fn word(&mut self, word: &str) {
        if let Ok(number) = word.parse::<u32>() {
            if word.len() == 4 {
                self.year = self.year.or_else(|| i32::try_from(number).ok());
            } else if word.len() <= 2 && self.day.is_none() {
                self.day = Some(number);
            } else if word.len() == 2 && self.year.is_none() {
                self.year = full_year(number);
            }
            return;
        }
        // Ordinals: `1st`, `2nd`, `1er`, `1ος`.
        let digits = word.trim_end_matches(|char: char| char.is_alphabetic() || char == 'º' || char == '°');
        match word {
            _ if !digits.is_empty()
                && digits.len() <= 2
                && self.day.is_none()
                && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                self.day = digits.parse().ok();
            }
            // The hour of some languages: "3 am" with the number read as a day before is no form any board prints.
            "am" | "a.m" => self.afternoon = Some(false),
            "pm" | "p.m" => self.afternoon = Some(true),
            _ if days_before(word).is_some() => self.days_before = days_before(word),
            // A weekday that begins like a month (`mar`, French and Spanish for Tuesday) stands before it: the last one counts.
            _ if word.chars().count() >= 3 => self.month = month(word).or(self.month),
            _ => {}
        }
    }

    /// Milliseconds since midnight.
    fn of_day(&self) -> Option<i64> {
        let minutes = self.minutes?;
        let hour = match (self.afternoon, minutes / 60) {
            // `23:22 PM` is met, and means what it says.
            (Some(true), hour) if hour < 12 => hour + 12,
            (Some(false), 12) => 0,
            (_, hour) => hour,
        };
        Some((hour * 60 + minutes % 60) * MINUTE_MS + self.seconds * 1000)
    }

    fn relative(&self, served: Instant) -> Option<Moment> {
        let midnight = (served.div_euclid(DAY_MS) - self.days_before?) * DAY_MS;
        let Some(of_day) = self.of_day() else { return Some(Moment::day(midnight)) };
        let at = midnight + of_day;
        // It is still yesterday where the board is.
        Some(Moment::zoneless(if at > served.saturating_add(AHEAD_MS) { at - DAY_MS } else { at }))
    }

    fn absolute(&self) -> Option<Moment> {
        let (day, month, year) = (self.day?, self.month?, self.year?);
        let date = match year {
            1300..=1499 => jalali(year, month, day)?,
            2500..=2600 => day_of(year - 543, month, day)?,
            1970..=2100 => day_of(year, month, day)?,
            _ => return None,
        };
        Some(match self.of_day() {
            Some(of_day) => Moment { at: date + of_day, precision: Precision::Zoneless },
            None => Moment::day(date),
        })
    }
}

fn day_of(year: i32, month: u32, day: u32) -> Option<Instant> {
    time::rfc3339(&format!("{year:04}-{month:02}-{day:02}")).ok().map(|moment| moment.at)
}

/// Two digits mean the century that makes a board plausible.
fn full_year(year: u32) -> Option<i32> {
    let year = i32::try_from(year).ok()?;
    Some(match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        _ => year,
    })
}

/// A date of the Persian calendar, by the cycle of 33 years with eight leap ones, which is right for all years boards can name.
///
/// # Source
/// Borkowski, "The Persian calendar for 3000 years", Earth, Moon and Planets 74 (1996), where the cycle and its bounds are given.
fn jalali(year: i32, month: u32, day: u32) -> Option<Instant> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || (month > 6 && day > 30) {
        return None;
    }
    /// 1 Farvardin 979, which was 20 March 1600, in days since 1970.
    const FIRST: i64 = -135_061;
    let years = i64::from(year) - 979;
    let leaps = years.div_euclid(33) * 8 + (years.rem_euclid(33) + 3) / 4;
    let month = i64::from(month) - 1;
    let before = month * 31 - (month - 6).max(0);
    let days = FIRST + years * 365 + leaps + before + i64::from(day) - 1;
    days.checked_mul(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        time::rfc3339(text).expect("a date").at
    }

    #[test]
    fn dates_are_read_as_boards_print_them() {
        let served = at("2026-11-22T10:00:00Z");
        let read = |text: &str| moment(text, served, Order::DayFirst);
        for (text, expected) in [
            ("by Ada » Mon Feb 10, 2014 2:49 pm", "2014-02-10T14:49:00"),
            ("Ven 7 Oct 2011 08:23", "2011-10-07T08:23:00"),
            ("21.01.2009, 05:42", "2009-01-21T05:42:00"),
            ("Nov 14, 2015 at 4:23 AM", "2015-11-14T04:23:00"),
            ("21-01-2009, 12:05 AM", "2009-01-21T00:05:00"),
            ("mar. 12 août 2014, 21h34", "2014-08-12T21:34:00"),
            ("Mittwoch, 3. März 2010, 15:02 Uhr", "2010-03-03T15:02:00"),
            ("Mié Dic 05, 2012 12:00 pm", "2012-12-05T12:00:00"),
            ("sab 1 mag 2010, 9:05", "2010-05-01T09:05:00"),
            ("Qua Fev 03, 2016 10:22 am", "2016-02-03T10:22:00"),
            ("za 31 mei 2008, 10:22", "2008-05-31T10:22:00"),
            ("Пт 07 окт 2011, 08:23", "2011-10-07T08:23:00"),
            ("Pt Paź 07, 2011 8:23 am", "2011-10-07T08:23:00"),
            ("14 marraskuu 2015 4:23", "2015-11-14T04:23:00"),
            ("2012年5月3日 10:20", "2012-05-03T10:20:00"),
            ("07-Dec-17 10:20", "2017-12-07T10:20:00"),
            ("3 maart 2011 14.05", "2011-03-03T14:05:00"),
            ("Sat Jan 03, 2009 23:22:11 PM", "2009-01-03T23:22:11"),
            ("1394/11/27, 10:22", "2016-02-16T10:22:00"),
            ("۱۳۹۴/۱۱/۲۷ ۱۰:۲۲", "2016-02-16T10:22:00"),
            ("5 ม 2555 5/5/2555 10:00", "2012-05-05T10:00:00"),
            ("Heute, 09:15", "2026-11-22T09:15:00"),
            ("Gestern, 15:02 Uhr", "2026-11-21T15:02:00"),
            ("Hier à 21h34", "2026-11-21T21:34:00"),
            ("Yesterday, 10:00 PM", "2026-11-21T22:00:00"),
            ("Oggi, 08:00", "2026-11-22T08:00:00"),
        ] {
            assert_eq!(read(text), Some(Moment::zoneless(at(expected))), "{text}");
        }
        assert_eq!(read("2021-01-02T03:04:05+00:00"), Some(Moment::second(at("2021-01-02T03:04:05Z"))));
        assert_eq!(read("2015-11-14T04:23:00+0200"), Some(Moment::second(at("2015-11-14T02:23:00Z"))));
        assert_eq!(read("7 Oct 2011"), Some(Moment::day(at("2011-10-07"))));
        assert_eq!(read("Today"), Some(Moment::day(at("2026-11-22"))));
        for text in ["", "by Ada", "32 Nov 2022", "Nov 14", "2015", "14/14/2014", "soon ago", "1394/13/01 10:00", "é:é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn spans_before_the_present_are_exact_and_days_are_days() {
        let served = at("2026-11-22T10:00:00Z");
        let read = |text: &str| moment(text, served, Order::DayFirst);
        assert_eq!(read("9 minutes ago"), Some(Moment::second(served - 9 * MINUTE_MS)));
        assert_eq!(read("vor 2 Stunden"), Some(Moment::second(served - 120 * MINUTE_MS)));
        assert_eq!(read("il y a 5 jours"), Some(Moment::day(at("2026-11-17"))));
        assert_eq!(read("Less than a minute ago"), Some(Moment::second(served)));
        // Served just after midnight in UTC, when it is still yesterday in the west.
        let night = at("2026-11-22T00:30:00Z");
        assert_eq!(moment("Today, 7:20 PM", night, Order::MonthFirst), Some(Moment::zoneless(at("2026-11-21T19:20:00Z"))));
    }

    #[test]
    fn the_dates_of_a_page_tell_their_order() {
        assert_eq!(Order::of(["01-02-2009, 05:42 PM", "01-21-2009, 05:42 PM"]), Order::MonthFirst);
        assert_eq!(Order::of(["01-02-2009, 05:42 PM", "21-01-2009, 05:42 PM"]), Order::DayFirst);
        assert_eq!(Order::of(["01-02-2009, 05:42 PM"]), Order::MonthFirst);
        assert_eq!(Order::of(["01/02/2009, 17:42"]), Order::DayFirst);
        let read = |order| moment("01-02-2009, 05:42 PM", 0, order).map(|moment| moment.at);
        assert_eq!(read(Order::MonthFirst), Some(at("2009-01-02T17:42:00Z")));
        assert_eq!(read(Order::DayFirst), Some(at("2009-02-01T17:42:00Z")));
    }

    #[test]
    fn the_persian_year_begins_in_march() {
        for (date, day) in [
            ((1304, 1, 11), "1925-03-31"),
            ((1394, 11, 27), "2016-02-16"),
            ((1395, 1, 1), "2016-03-20"),
            ((1399, 12, 30), "2021-03-20"),
            ((1400, 1, 1), "2021-03-21"),
            ((1403, 12, 30), "2025-03-20"),
            ((1405, 9, 1), "2026-11-22"),
        ] {
            assert_eq!(jalali(date.0, date.1, date.2), Some(at(day)), "{date:?}");
        }
    }
}
