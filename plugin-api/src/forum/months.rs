//! Names of months and relative words in the languages boards are met in.

/// Beginnings of month names in lower case without accents. Where one begins another, the longer one counts.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "led", "oca", "янв", "січ", "ian", "tammi", "ιαν", "يناير", "ژانویه"],
    &["feb", "fev", "lut", "uno", "sub", "фев", "лют", "helmi", "φεβ", "فبراير", "فوریه"],
    &["mar", "mrz", "maa", "mrt", "bre", "мар", "бер", "maalis", "μαρ", "مارس"],
    &["apr", "avr", "abr", "kwi", "dub", "nis", "апр", "кві", "huhti", "απρ", "أبريل", "آوریل"],
    &["may", "mai", "maj", "mag", "mei", "kve", "май", "мая", "тра", "touko", "μαι", "مايو"],
    &["jun", "juin", "giu", "cze", "cer", "haz", "июн", "чер", "iun", "kesa", "ιουν", "يونيو", "ژوئن"],
    &["jul", "juil", "lug", "lip", "cervenc", "tem", "июл", "лип", "iul", "heina", "ιουλ", "يوليو", "ژوئیه"],
    &["aug", "aou", "ago", "sie", "srp", "agu", "авг", "сер", "elo", "αυγ", "أغسطس", "اوت"],
    &["sep", "set", "wrz", "zar", "eyl", "сен", "вер", "syys", "szept", "σεπ", "سبتمبر", "سپتامبر"],
    &["oct", "okt", "out", "ott", "paz", "rij", "eki", "окт", "жов", "loka", "οκτ", "أكتوبر", "اکتبر"],
    &["nov", "lis", "kas", "ноя", "лис", "noi", "marras", "νοε", "نوفمبر", "نوامبر"],
    &["dec", "dez", "dic", "dek", "des", "gru", "pro", "ara", "дек", "гру", "joulu", "δεκ", "ديسمبر", "دسامبر"],
];

const TODAY: [&str; 19] = [
    "today",
    "heute",
    "aujourd'hui",
    "aujourd’hui",
    "hoy",
    "oggi",
    "hoje",
    "vandaag",
    "idag",
    "dzisiaj",
    "dzis",
    "dnes",
    "bugun",
    "сегодня",
    "сьогодні",
    "tanaan",
    "azi",
    "σημερα",
    "امروز",
];
const YESTERDAY: [&str; 17] = [
    "yesterday",
    "gestern",
    "hier",
    "ayer",
    "ieri",
    "ontem",
    "gisteren",
    "igar",
    "wczoraj",
    "vcera",
    "dun",
    "вчера",
    "вчора",
    "eilen",
    "tegnap",
    "χθες",
    "ديروز",
];
/// Says that a span lies in the past.
const AGO: [&str; 13] =
    ["ago", "vor", "il y a", "hace", "fa", "ha", "atras", "geleden", "sedan", "siden", "temu", "назад", "once"];
/// Beginnings of the names of spans, with their milliseconds.
const SPANS: [(&str, i64); 44] = [
    ("sec", 1_000),
    ("seg", 1_000),
    ("sek", 1_000),
    ("сек", 1_000),
    ("min", 60_000),
    ("мин", 60_000),
    ("хвил", 60_000),
    ("dakika", 60_000),
    ("hour", HOUR),
    ("hr", HOUR),
    ("stunde", HOUR),
    ("std", HOUR),
    ("heure", HOUR),
    ("hora", HOUR),
    ("ora", HOUR),
    ("ore", HOUR),
    ("uur", HOUR),
    ("uren", HOUR),
    ("timm", HOUR),
    ("time", HOUR),
    ("godz", HOUR),
    ("hodin", HOUR),
    ("час", HOUR),
    ("годин", HOUR),
    ("saat", HOUR),
    ("day", DAY),
    ("tag", DAY),
    ("jour", DAY),
    ("dia", DAY),
    ("giorn", DAY),
    ("dag", DAY),
    ("dni", DAY),
    ("dzien", DAY),
    ("dn", DAY),
    ("день", DAY),
    ("дн", DAY),
    ("gun", DAY),
    ("week", WEEK),
    ("woche", WEEK),
    ("semaine", WEEK),
    ("seman", WEEK),
    ("settiman", WEEK),
    ("wek", WEEK),
    ("недел", WEEK),
];
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// The month a word names, from 1. The word is folded; see [`fold`].
pub(super) fn month(word: &str) -> Option<u32> {
    let named = MONTHS.iter().zip(1..).flat_map(|(names, month)| names.iter().map(move |name| (name, month)));
    named.filter(|(name, _)| word.starts_with(**name)).max_by_key(|(name, _)| name.len()).map(|(_, month)| month)
}

/// How many days before the present a word means.
pub(super) fn days_before(word: &str) -> Option<i64> {
    if TODAY.contains(&word) {
        return Some(0);
    }
    YESTERDAY.contains(&word).then_some(1)
}

/// How long before the present a folded text means: "3 minutes ago", "vor 2 Stunden", "il y a 5 jours".
pub(super) fn span_before(text: &str) -> Option<(i64, i64)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let past = AGO.iter().any(|ago| if ago.contains(' ') { text.contains(ago) } else { words.contains(ago) });
    if !past {
        return None;
    }
    let named = |word: &str| SPANS.iter().filter(|(name, _)| word.starts_with(name)).max_by_key(|(name, _)| name.len());
    let mut found = None;
    for pair in words.windows(2) {
        if let (Ok(count), Some((_, span))) = (pair[0].parse::<i64>(), named(pair[1])) {
            found = Some((count.checked_mul(*span)?, *span));
            break;
        }
    }
    // "Less than a minute ago", "a moment ago".
    found.or_else(|| (text.starts_with("less than a minute") || text.contains("moment")).then_some((0, 60_000)))
}

/// Lower case, without accents, with digits of every script as ASCII's, and with plain space.
pub(super) fn fold(text: &str) -> String {
    let plain = |char: char| match char {
        'à' | 'á' | 'â' | 'ä' | 'ą' | 'å' | 'ã' | 'ă' | 'ā' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'ő' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
        'ç' | 'č' | 'ć' => 'c',
        'ź' | 'ż' | 'ž' => 'z',
        'ş' | 'š' | 'ś' | 'ș' => 's',
        'ñ' | 'ń' => 'n',
        'ř' => 'r',
        'ğ' => 'g',
        'ł' => 'l',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        '٠'..='٩' => digit(char, '٠'),
        '۰'..='۹' => digit(char, '۰'),
        '０'..='９' => digit(char, '０'),
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{200e}' | '\u{200f}' => ' ',
        char => char,
    };
    text.chars().flat_map(char::to_lowercase).filter(|char| *char != '\u{307}').map(plain).collect()
}

fn digit(char: char, zero: char) -> char {
    char::from_digit(u32::from(char) - u32::from(zero), 10).unwrap_or(char)
}
