//! The small words of the file: durations, sizes, addresses; and back again for messages.

use std::time::Duration;

use url::Url;
use vigie_runtime::Pace;

/// Reads `30s`, `15m`, `6h`, `90d`, `2w`, or several joined: `1h30m`.
///
/// # Errors
/// The cure, in words.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let cure = || "write a number and a unit: `30s`, `15m`, `6h`, `90d` or `2w`".to_owned();
    let too_long = || "this is longer than can be counted; write less".to_owned();
    let mut total = 0_u64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(cure());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| if digits > 0 { too_long() } else { cure() })?;
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let millis = match &rest[digits..digits + letters] {
            "ms" => 1,
            "s" => 1_000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 7 * 86_400_000,
            _ => return Err(cure()),
        };
        total = number.checked_mul(millis).and_then(|span| total.checked_add(span)).ok_or_else(too_long)?;
        rest = rest[digits + letters..].trim_start();
    }
    Ok(Duration::from_millis(total))
}

/// Longest span that the file can ask for.
const CENTURY: Duration = Duration::from_secs(36_525 * 86_400);

/// As [`duration`], at most a century.
///
/// # Errors
/// The cure, in words.
pub(crate) fn lifetime(text: &str) -> Result<Duration, String> {
    let span = duration(text)?;
    if span > CENTURY { Err(format!("write a century, `{}`, or less", show_duration(CENTURY))) } else { Ok(span) }
}

/// Reads `64MiB`, `512KiB`, `2GB`, `100B`.
///
/// # Errors
/// The cure, in words.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let cure = || "write a number and a unit: `512KiB`, `64MiB`, `1GiB` (or `KB`, `MB`, `GB`)".to_owned();
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().map_err(|_| cure())?;
    let unit = match text[digits..].trim_start() {
        "B" => 1,
        "KB" | "kB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(cure()),
    };
    number.checked_mul(unit).ok_or_else(cure)
}

/// Reads an absolute `http` or `https` address.
///
/// # Errors
/// The cure, in words.
pub(crate) fn web_address(text: &str) -> Result<Url, String> {
    let cure = "write a whole address, such as \"https://forum.example.org\"";
    let url = Url::parse(text).map_err(|error| format!("{cure} ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(cure.to_owned());
    }
    Ok(url)
}

/// Reads how often something may be asked: `100/1m`.
///
/// # Errors
/// The cure, in words.
pub(crate) fn pace(text: &str) -> Result<Pace, String> {
    let cure = || "write requests and the time they are spread over: `100/1m`, `5/1s`".to_owned();
    let (requests, per) = text.split_once('/').ok_or_else(cure)?;
    let requests: u32 = requests.trim().parse().ok().filter(|requests| *requests > 0).ok_or_else(cure)?;
    let per = duration(per).ok().filter(|per| !per.is_zero()).ok_or_else(cure)?;
    Ok(Pace::new(requests, per))
}

/// Reads what the log shows: a level for all, or for parts of the engine, such as `warn,vigie_pipeline=debug`.
///
/// # Errors
/// The cure, in words.
pub(crate) fn log_level(text: &str) -> Result<String, String> {
    let known = |level: &str| matches!(level, "off" | "error" | "warn" | "info" | "debug" | "trace");
    let level = |directive: &str| known(directive.rsplit_once('=').map_or(directive, |(_, level)| level).trim());
    if text.split(',').all(level) {
        Ok(text.to_owned())
    } else {
        Err("write `error`, `warn`, `info`, `debug`, `trace` or `off`".to_owned())
    }
}

/// Reads a line that goes into a header of every request; nothing if it is empty.
///
/// # Errors
/// The cure, in words.
pub(crate) fn header_text(text: &str) -> Result<Option<String>, String> {
    if text.chars().any(char::is_control) {
        return Err("it stands in a header of every request, so write one line without control characters".to_owned());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A duration in the file's own words: `90d`, `1h30m`.
pub(crate) fn show_duration(span: Duration) -> String {
    let mut seconds = span.as_secs();
    if seconds == 0 {
        return format!("{}ms", span.as_millis());
    }
    let mut out = String::new();
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if seconds >= length {
            out.push_str(&format!("{}{unit}", seconds / length));
            seconds %= length;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paces_need_requests_and_a_time() {
        assert_eq!(pace("100/1m"), Ok(Pace::new(100, Duration::from_secs(60))));
        for wrong in ["", "100", "0/1m", "5/", "5/0s", "many/1m"] {
            assert!(pace(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, millis) in [
            ("30s", 30_000),
            ("15m", 900_000),
            ("90d", 7_776_000_000),
            ("1h30m", 5_400_000),
            ("2w", 1_209_600_000),
            ("250ms", 250),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for bad in ["", "30", "m", "-3m", "1.5h", "3 fortnights", "99999999999999999999d", "9999999999999999w", "é", "3é"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(lifetime("36525d"), Ok(CENTURY));
        for long in ["36526d", "99999999999d", "99999999999999999999d"] {
            assert!(lifetime(long).is_err_and(|cure| cure.contains("less")), "{long}");
        }
        assert_eq!(show_duration(Duration::from_secs(5_400)), "1h30m");
        assert_eq!(show_duration(Duration::from_secs(90 * 86_400)), "90d");
    }

    #[test]
    fn sizes_are_numbers_with_units() {
        for (text, bytes) in [("64MiB", 67_108_864), ("512KiB", 524_288), ("2GB", 2_000_000_000), ("10 B", 10)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "64", "64Mib", "-1MB", "99999999999999999999GiB", "18446744073709551615GiB", "é"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn levels_are_known_words() {
        for good in ["warn", "off", "warn,vigie_pipeline=debug"] {
            assert_eq!(log_level(good).as_deref(), Ok(good));
        }
        for bad in ["", "loud", "WARNING", "vigie=", "warn,"] {
            assert!(log_level(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_goes_into_a_header_is_one_line() {
        assert_eq!(header_text("ops@example.org"), Ok(Some("ops@example.org".to_owned())));
        assert_eq!(header_text(""), Ok(None));
        assert!(header_text("ops\r\nX-Evil: 1").is_err());
    }

    #[test]
    fn addresses_are_whole() {
        assert!(web_address("https://forum.example.org/sub").is_ok());
        for bad in ["forum.example.org", "ftp://x.org", "https://", "", "mailto:a@b.c"] {
            assert!(web_address(bad).is_err(), "{bad}");
        }
    }
}
