//! Dates as feeds really write them: translated months, two-digit years, numbers in national order.

use vigie_plugin::{Moment, time};

const DAY_MS: i64 = 86_400_000;

/// Beginnings of month names, without accents, in the languages feeds are met in. Longer ones stand before their own beginnings.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "led", "oca", "янв"],
    &["feb", "fev", "lut", "uno", "sub", "фев"],
    &["mar", "mrz", "maa", "mrt", "bre", "мар"],
    &["apr", "avr", "abr", "kwi", "dub", "nis", "апр"],
    &["may", "mai", "maj", "mag", "mei", "kve", "май", "мая"],
    &["jun", "juin", "giu", "cze", "haz", "июн"],
    &["jul", "juil", "lug", "lip", "tem", "июл"],
    &["aug", "aou", "ago", "sie", "srp", "agu", "авг"],
    &["sep", "set", "wrz", "zar", "eyl", "сен"],
    &["oct", "okt", "out", "ott", "paz", "rij", "eki", "окт"],
    &["nov", "lis", "kas", "ноя"],
    &["dec", "dez", "dic", "dek", "des", "gru", "ara", "дек"],
];

const ENGLISH: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Reads a date of a feed.
///
/// # Shape
/// `text`: RFC 3339 or RFC 822 and their relatives, else a day, a month (a name in one of a dozen languages or a number), a
/// year of two or four digits and perhaps a time and a zone, in any order that is not ambiguous. `None` where it is no date;
/// `3/4/2020` is none, because nobody knows which month is meant.
#[must_use]
pub fn moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > 100 {
        return None;
    }
    time::parse(text).ok().or_else(|| Parts::of(text)?.moment())
}

#[derive(Default)]
struct Parts {
    day: Option<u32>,
    month: Option<usize>,
    year: Option<i32>,
    clock: Option<(u32, u32, u32)>,
    zone: Option<String>,
    afternoon: Option<bool>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let mut parts = Self::default();
        let text = fold(text);
        for word in text.split(|char: char| char.is_whitespace() || matches!(char, ',' | '(' | ')')) {
            let word = word.trim_matches('.');
            if word.is_empty() {
                continue;
            }
            if word.contains(':') && word.starts_with(|char: char| char.is_ascii_digit()) {
                parts.clock(word)?;
            } else if parts.clock.is_some() && word.starts_with(['+', '-']) {
                parts.zone = Some(offset(word)?);
            } else if word.contains(['/', '.', '-']) {
                parts.joined(word)?;
            } else {
                parts.word(word);
            }
        }
        Some(parts)
    }

    /// `10:20`, `10:20:30.5`, `10:20:30+0200`, `10:20z`.
    fn clock(&mut self, word: &str) -> Option<()> {
        let end = word.find(|char: char| !char.is_ascii_digit() && char != ':' && char != '.').unwrap_or(word.len());
        let (clock, rest) = word.split_at(end);
        let mut numbers = clock.split(':');
        let hour = numbers.next()?.parse().ok()?;
        let minute = numbers.next()?.parse().ok()?;
        let second = numbers.next().map_or(Some(0), |second| second.split('.').next()?.parse().ok())?;
        self.clock = Some((hour, minute, second));
        match rest {
            "" => {}
            "am" | "pm" => self.afternoon = Some(rest == "pm"),
            rest if rest.starts_with(['+', '-']) => self.zone = Some(offset(rest)?),
            rest => self.word(rest),
        }
        Some(())
    }

    /// `07-dec-2017`, `24.12.2020`, `2020/12/24`, `24/12/2020`.
    fn joined(&mut self, word: &str) -> Option<()> {
        let pieces: Vec<&str> = word.split(['/', '.', '-']).collect();
        let numbers: Option<Vec<u32>> = pieces.iter().map(|piece| piece.parse().ok()).collect();
        let Some(numbers) = numbers else {
            pieces.iter().for_each(|piece| self.word(piece));
            return Some(());
        };
        let &[first, second, third] = numbers.as_slice() else { return None };
        let (day, month, year) = if pieces[0].len() == 4 {
            (third, second, first)
        } else if word.contains('.') || first > 12 {
            (first, second, third)
        } else if second > 12 {
            (second, first, third)
        } else {
            return None;
        };
        self.day = Some(day);
        self.month = usize::try_from(month).ok()?.checked_sub(1).filter(|month| *month < 12);
        self.year = Some(full_year(year)?);
        Some(())
    }

    fn word(&mut self, word: &str) {
        if let Ok(number) = word.parse::<u32>() {
            if word.len() == 4 {
                self.year = i32::try_from(number).ok();
            } else if word.len() <= 2 && self.day.is_none() {
                self.day = Some(number);
            } else if word.len() == 2 && self.year.is_none() {
                self.year = full_year(number);
            }
            return;
        }
        // Ordinals: `1st`, `2nd`, `1er`.
        let digits = word.trim_end_matches(|char: char| char.is_alphabetic());
        if !digits.is_empty() && digits.len() <= 2 && self.day.is_none() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            self.day = digits.parse().ok();
        } else if matches!(word, "am" | "pm") {
            self.afternoon = Some(word == "pm");
        } else if let Some(zone) = zone(word).filter(|_| self.clock.is_some()) {
            self.zone = Some(zone);
        } else if let Some(month) = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name))) {
            // A weekday that begins like a month (`mar`, French and Italian for Tuesday) stands before it: the last one counts.
            self.month = Some(month);
        }
    }

    fn moment(&self) -> Option<Moment> {
        let (day, month, year) = (self.day?, self.month?, self.year?);
        let Some((hour, minute, second)) = self.clock else {
            return time::rfc3339(&format!("{year:04}-{:02}-{day:02}", month + 1)).ok();
        };
        let hour = match self.afternoon {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        };
        // `24:00` is the end of its day.
        let (hour, later) = if hour == 24 { (0, DAY_MS) } else { (hour, 0) };
        let zone = self.zone.as_deref().unwrap_or_default();
        let mail = format!("{day} {} {year:04} {hour:02}:{minute:02}:{:02} {zone}", ENGLISH[month], second.min(59));
        let moment = time::rfc2822(&mail).ok()?;
        Some(Moment { at: moment.at + later, ..moment })
    }
}

/// Two digits mean the century that makes a feed plausible.
fn full_year(year: u32) -> Option<i32> {
    let year = i32::try_from(year).ok()?;
    Some(match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        _ => year,
    })
}

/// `+2`, `+02`, `+0200` or `+02:00` as `+0200`.
fn offset(word: &str) -> Option<String> {
    let sign = word.get(..1)?;
    let digits: String = word[1..].chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        1 => Some(format!("{sign}0{digits}00")),
        2 => Some(format!("{sign}{digits}00")),
        4 => Some(format!("{sign}{digits}")),
        _ => None,
    }
}

fn zone(word: &str) -> Option<String> {
    let zone = match word {
        "z" | "ut" | "utc" | "gmt" | "wet" => "+0000",
        "cet" | "bst" | "mez" | "west" => "+0100",
        "cest" | "eet" | "mesz" => "+0200",
        "eest" | "msk" => "+0300",
        "jst" => "+0900",
        "edt" => "-0400",
        "est" | "cdt" => "-0500",
        "cst" | "mdt" => "-0600",
        "mst" | "pdt" => "-0700",
        "pst" => "-0800",
        _ => return ["gmt", "utc"].iter().find_map(|name| offset(word.strip_prefix(name)?)),
    };
    Some(zone.to_owned())
}

/// Lower case without the accents month names have.
fn fold(text: &str) -> String {
    let plain = |char: char| match char {
        'à' | 'á' | 'â' | 'ä' | 'ą' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ę' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ź' | 'ż' | 'ž' => 'z',
        'ş' | 'š' | 'ś' => 's',
        'ř' => 'r',
        'ğ' => 'g',
        char => char,
    };
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_feeds_write_them() {
        let noon = time::rfc3339("2022-11-16T12:00:00Z").expect("a date").at;
        let cases = [
            ("Wed, 16 Nov 2022 12:00:00 GMT", Moment::second(noon)),
            ("2022-11-16T12:00:00Z", Moment::second(noon)),
            ("mer, 16 nov 2022 13:00:00 +0100", Moment::second(noon)),
            ("mar., 16 nov. 2022 13:00:00 +01:00", Moment::second(noon)),
            ("Qua, 16 Novembro 2022 09:00:00 -0300", Moment::second(noon)),
            ("Mittwoch, 16. November 2022 13:00 MEZ", Moment::second(noon)),
            ("16 nov 22 12:00 GMT", Moment::second(noon)),
            ("16-Nov-2022 12:00:00 UTC", Moment::second(noon)),
            ("November 16, 2022 7:00 AM EST", Moment::second(noon)),
            ("Ср, 16 ноя 2022 15:00:00 MSK", Moment::second(noon)),
            ("Wed, 16 Nov 2022 14:00:00 GMT+2", Moment::second(noon)),
            ("Wed, 15 Nov 2022 24:00:00 GMT", Moment::second(noon - DAY_MS / 2)),
            ("16.11.2022 12:00", Moment::zoneless(noon)),
            ("16/11/2022 12:00:00", Moment::zoneless(noon)),
            ("16 de noviembre de 2022", Moment::day(noon - DAY_MS / 2)),
            ("le 16 nov. 2022", Moment::day(noon - DAY_MS / 2)),
        ];
        for (text, expected) in cases {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        assert_eq!(moment("Seg, 24 Set 2018 19:42:40 -0300").map(|moment| moment.at), Some(1_537_828_960_000));
        assert_eq!(moment("jeu., 1 août 2019").map(|moment| moment.at), time::rfc3339("2019-08-01").ok().map(|moment| moment.at));
        assert_eq!(moment("07 Dec 97").map(|moment| moment.at), time::rfc3339("1997-12-07").ok().map(|moment| moment.at));
    }

    #[test]
    fn what_is_no_date_or_an_ambiguous_one_is_none() {
        for text in
            ["", "yesterday", "3/4/2020", "32 Nov 2022", "16 Nov", "Nov 2022 12:00", "::", "+-/.", "16 nov 2022 25:00 GMT", "é:é"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
