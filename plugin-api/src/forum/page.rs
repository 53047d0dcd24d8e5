//! A page of HTML, checked before it is parsed.

use encoding_rs::{UTF_8, WINDOWS_1252};
use scraper::{ElementRef, Html, Selector};

use crate::{Failure, Instant, clock, http, time};

/// A larger page is none a person would read; parsed it would not fit into a plugin's memory.
const MAX_PAGE_BYTES: usize = 3 << 20;
/// Elements nested deeper than this are nobody's page: parsing them takes quadratic time.
const DEEPEST: usize = 1_500;
/// Elements whose end need not be written, or that have none.
const UNENDED: [&str; 24] = [
    "p", "li", "option", "td", "tr", "th", "dt", "dd", "br", "img", "input", "hr", "meta", "link", "area", "col", "embed", "wbr",
    "source", "param", "base", "tbody", "thead", "colgroup",
];

/// A page as it was served.
#[derive(Debug)]
pub struct Page {
    /// The address that answered: what relative addresses hang on, unless the page says otherwise.
    pub url: String,
    /// What relative addresses hang on.
    pub base: String,
    /// When it was served, as the server says; else now.
    pub served: Instant,
    html: Html,
}

impl Page {
    /// Reads an answer as a page of HTML, whatever its status.
    ///
    /// # Errors
    /// Class `unexpected-answer` where it is empty, no HTML, too large, or nested too deeply to be anybody's page.
    pub fn read(answer: &http::Response) -> Result<Self, Failure> {
        let text = text(answer);
        let start = text.trim_start_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
        if start.is_empty() {
            return Err(answer.unexpected("is empty where a page belongs"));
        }
        if !start.starts_with('<') && !text.contains("<html") && !text.contains("<HTML") {
            return Err(answer.unexpected("is no page"));
        }
        if text.len() > MAX_PAGE_BYTES {
            return Err(answer.unexpected("is larger than any page of a board"));
        }
        if is_too_deep(&text) {
            return Err(answer.unexpected("is nested more deeply than any page of a board"));
        }
        let html = Html::parse_document(&text);
        let url = http::web(&answer.url, "").unwrap_or_else(|| answer.url.clone());
        let stated = html.select(&selector("base[href]")).next().and_then(|base| http::web(&url, base.attr("href")?));
        let served = answer.header("date").and_then(|date| time::rfc2822(date).ok());
        Ok(Self {
            base: stated.unwrap_or_else(|| url.clone()),
            url,
            served: served.map_or_else(clock::now, |date| date.at),
            html,
        })
    }

    /// The elements a selector finds, in order. `css`: written by a plugin's author, so it is right.
    #[must_use]
    pub fn all(&self, css: &str) -> Vec<ElementRef<'_>> {
        self.html.select(&selector(css)).collect()
    }

    /// The first element a selector finds.
    #[must_use]
    pub fn first(&self, css: &str) -> Option<ElementRef<'_>> {
        self.html.select(&selector(css)).next()
    }

    /// The words of the first element a selector finds that has some.
    #[must_use]
    pub fn words(&self, css: &str) -> Option<String> {
        self.html.select(&selector(css)).find_map(even)
    }

    /// An address on this page; see [`links::clean`](super::links::clean).
    #[must_use]
    pub fn link(&self, reference: &str) -> Option<String> {
        super::links::clean(&self.base, reference)
    }

    /// The address the page states as its own.
    #[must_use]
    pub fn canonical(&self) -> Option<String> {
        self.link(self.first("link[rel=canonical][href]")?.attr("href")?)
    }

    /// The language the page states.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        let root = self.html.root_element();
        root.attr("lang").or_else(|| root.attr("xml:lang")).map(str::trim).filter(|tag| !tag.is_empty())
    }
}

/// The first element inside another that a selector finds.
#[must_use]
pub fn inside<'a>(element: ElementRef<'a>, css: &str) -> Option<ElementRef<'a>> {
    element.select(&selector(css)).next()
}

/// The nearest element around another for which `is` holds.
#[must_use]
pub fn around<'a>(element: ElementRef<'a>, is: impl Fn(ElementRef<'a>) -> bool) -> Option<ElementRef<'a>> {
    element.ancestors().filter_map(ElementRef::wrap).find(|ancestor| is(*ancestor))
}

/// Whether an element has one of these classes.
#[must_use]
pub fn has_class(element: ElementRef<'_>, classes: &[&str]) -> bool {
    element.value().classes().any(|class| classes.contains(&class))
}

/// A selector a plugin's author wrote.
///
/// # Panics
/// When it is no selector: a mistake in the plugin, which any test of it finds.
#[must_use]
pub fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("selectors are written by plugin authors and tried in tests")
}

/// An element's words, every run of white space as one space; `None` where there are none.
#[must_use]
pub fn even(element: ElementRef<'_>) -> Option<String> {
    let text: String = element.text().collect();
    let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!even.is_empty()).then_some(even)
}

/// An element's words as [`even`] gives them, those of neighbouring elements apart: for dates, which themes put beside names.
#[must_use]
pub fn spaced(element: ElementRef<'_>) -> Option<String> {
    let words: Vec<&str> = element.text().flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The text of an answer. What is valid UTF-8 with a letter beyond ASCII is UTF-8, whatever it says; what claims UTF-8, or nothing, and is
/// not, is windows-1252, as pages of old boards are. (ISO-8859-1 is read as windows-1252 everywhere on the web.)
pub(super) fn text(answer: &http::Response) -> String {
    let body = answer.body.as_slice();
    if let Ok(text) = std::str::from_utf8(body)
        && !text.is_ascii()
    {
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    let (text, damaged) = http::decode(answer.header("content-type"), body);
    if damaged {
        let (mut right, mut broken) = (0_usize, 0_usize);
        for char in text.chars().filter(|char| !char.is_ascii()) {
            if char == char::REPLACEMENT_CHARACTER { broken += 1 } else { right += 1 }
        }
        if broken > right && UTF_8.decode_without_bom_handling(body).1 {
            return WINDOWS_1252.decode_without_bom_handling(body).0.into_owned();
        }
    }
    text
}

/// Whether parsing this would take longer than any page is worth.
pub(super) fn is_too_deep(html: &str) -> bool {
    nesting(html) > DEEPEST
}

/// How many more elements were begun than ended, at the worst place.
fn nesting(html: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.starts_with('/');
        let name = &rest[usize::from(end)..];
        let length = name.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 || !name.as_bytes()[0].is_ascii_alphabetic() {
            continue;
        }
        let name = name[..length].to_ascii_lowercase();
        if UNENDED.contains(&name.as_str()) {
            continue;
        }
        open = if end { open.saturating_sub(1) } else { open + 1 };
        most = most.max(open);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureClass;
    use crate::testing::FakeHost;

    fn answer(content_type: &str, body: &[u8]) -> http::Response {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        http::Response { status: 200, url: "https://b.example/f/t.php?x".to_owned(), headers, body: body.to_vec() }
    }

    #[test]
    fn the_charset_is_found_where_it_stands_and_where_it_lies() {
        let cases: [(&str, &[u8], &str); 7] = [
            ("text/html; charset=ISO-8859-1", b"<p>\x80 caf\xe9 \x93x\x94", "€ café “x”"),
            ("text/html", b"<meta http-equiv='Content-Type' content='text/html; charset=windows-1256'><p>\xe3\xd1", "مر"),
            ("text/html; charset=ISO-8859-1", "<p>café".as_bytes(), "café"),
            ("text/html", b"<p>caf\xe9", "café"),
            ("text/html; charset=utf-8", b"<p>caf\xe9", "café"),
            ("text/html; charset=ISO-8859-15", b"<p>\xa4", "€"),
            ("text/html; charset=utf-8", b"<p>\xc3\xa9\xc3\xa8 \xff", "éè \u{fffd}"),
        ];
        FakeHost::new().run(|| {
            for (content_type, body, expected) in cases {
                let page = Page::read(&answer(content_type, body)).expect("a page");
                assert_eq!(page.words("p").as_deref(), Some(expected), "{content_type}");
            }
        });
    }

    #[test]
    fn what_is_no_page_is_refused() {
        let deep = format!("<html>{}", "<div>".repeat(100_000));
        let large = format!("<html>{}", "x".repeat(MAX_PAGE_BYTES));
        for body in ["", " \n", "{\"a\":1}", "Too many requests", &deep, &large] {
            let failure = FakeHost::new().run(|| Page::read(&answer("text/html", body.as_bytes())).expect_err("no page"));
            assert_eq!(failure.class, FailureClass::UnexpectedAnswer, "{}", failure.message);
        }
        let flat = format!("<html>{}", "<p>x<br><li>y".repeat(20_000));
        assert!(FakeHost::new().run(|| Page::read(&answer("text/html", flat.as_bytes()))).is_ok());
    }

    #[test]
    fn the_base_and_the_hour_are_the_ones_stated() {
        let mut page = answer(
            "text/html",
            b"<html lang=fr><base href='/g/'><link rel=canonical href='a?sid=0123456789abcdef0'><a href=b>x</a>",
        );
        page.headers.push(("date".to_owned(), "Fri, 02 Jan 2026 01:04:05 GMT".to_owned()));
        let page = FakeHost::new().run(|| Page::read(&page)).expect("a page");
        assert_eq!(
            (page.link("b").as_deref(), page.canonical().as_deref()),
            (Some("https://b.example/g/b"), Some("https://b.example/g/a"))
        );
        assert_eq!((page.served, page.language()), (1_767_315_845_000, Some("fr")));
    }
}
