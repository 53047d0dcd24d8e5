//! What a board answers: feeds, pages of threads, lists of threads. Pure.

mod feed;
mod html;
mod list;

use vigie_plugin::forum::{Cut, ElementRef, Page, Pages, around, even, has_class, inside, links};
use vigie_plugin::{Failure, http};

pub use feed::{Entry, feed};
pub use html::topic;
pub use list::listing;

/// The number of a thread in an address: `showthread.php?t=45`, `showthread.php?45-About-Acme`, `showthread.php/45-About-Acme/page2`,
/// `…/45-about-acme`, and as rewriting extensions write it: `…/about-acme-45.html`, `…/about-acme-45-2.html`.
#[must_use]
pub fn thread_number(url: &str) -> Option<String> {
    if url.contains("showthread.php") {
        return links::number(url, "t")
            .or_else(|| links::number(url, "threadid"))
            .or_else(|| links::number_after(url, "showthread.php?"))
            .or_else(|| links::number_after(url, "showthread.php/"));
    }
    named_number(url).filter(|_| !url.contains("forumdisplay.php"))
}

/// The number of a forum in an address.
#[must_use]
pub fn forum_number(url: &str) -> Option<String> {
    if url.contains("forumdisplay.php") {
        return links::number(url, "f")
            .or_else(|| links::number(url, "forumid"))
            .or_else(|| links::number_after(url, "forumdisplay.php?"))
            .or_else(|| links::number_after(url, "forumdisplay.php/"));
    }
    named_number(url)
}

fn named_number(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.split_once("://")?.1;
    let mut segments = path.split('/').skip(1).filter(|segment| !segment.is_empty()).collect::<Vec<_>>();
    // `/page2` and `/index2.html` name a page of what stands before them.
    segments.retain(|segment| !segment.starts_with("page") && !segment.starts_with("index"));
    let last = segments.last()?;
    let name = last.strip_suffix(".html").unwrap_or(last);
    // `45-about-acme`, but not `2021-in-review-45.html`.
    if let (Some((number, _)), true) = (name.split_once('-'), name.len() == last.len()) {
        return links::digits(number).filter(|digits| digits == number);
    }
    if let Some(number) = links::digits(name).filter(|digits| digits == name) {
        return Some(number);
    }
    let numbers: Vec<&str> =
        name.rsplit('-').take_while(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())).collect();
    // A second number at the end is that of a page.
    numbers.get(1).or_else(|| numbers.first()).filter(|_| last.len() > name.len()).and_then(|number| links::digits(number))
}

/// The pages of a thread or of a list.
fn pages(page: &Page) -> Pages {
    let mini = |link: ElementRef<'_>| {
        around(link, |element| {
            has_class(element, &["threadbit", "threadinfo", "threadtitle"])
                || (element.value().name() == "td" && element.attr("id").is_some_and(|id| id.starts_with("td_threadtitle_")))
        })
        .is_some()
    };
    let mut found = Pages::default();
    for link in page.all(".pagenav a[href], .pagination a[href], .pagenav-controls a[href], a.js-pagenav-button[href]") {
        let text = even(link).unwrap_or_default();
        let shown = links::digits(&text).filter(|digits| *digits == text);
        let Some(url) = link.attr("href").and_then(|href| page.link(href)).filter(|_| !mini(link)) else { continue };
        // "Last »" says its number in its address alone.
        let number = shown.or_else(|| links::number(&url, "page")).or_else(|| links::number_after(links::page(&url), "/page"));
        if let Some(number) = number.and_then(|number| number.parse().ok()).filter(|number| *number > 0)
            && found.at(number).is_none()
        {
            found.links.push((number, url));
        }
    }
    let shown = page.all(".pagenav td.alt2 strong, .pagenav .alt2 strong, .pagination .selected, .pagination .selected a, a.js-pagenav-button.js-pagenav-current-button, .pagenav strong");
    let current = shown.into_iter().filter(|shown| !mini(*shown)).find_map(|shown| even(shown)?.parse().ok());
    let asked = || {
        links::number(&page.url, "page")
            .or_else(|| links::number_after(links::page(&page.url), "/page"))
            .and_then(|number| number.parse().ok())
    };
    found.current = if found.links.is_empty() { 1 } else { current.or_else(asked).unwrap_or(1) };
    found.links.retain(|(number, _)| *number != found.current);
    found
}

/// What of a post's HTML is whose.
fn cut(element: ElementRef<'_>) -> Cut {
    let name = element.value().name();
    let style = |words: &str| element.attr("style").is_some_and(|style| style.contains(words));
    match name {
        // vBulletin 4 writes each post as one quotation.
        "blockquote" if has_class(element, &["postcontent", "restore"]) => Cut::Unwrap,
        "blockquote" => Cut::Quote,
        _ if has_class(element, &["bbcode_quote"]) => Cut::Quote,
        _ if has_class(
            element,
            &["bbcode_postedby", "bbcode_description", "bbcode_quote_container", "signature", "lastedited", "postsignature"],
        ) =>
        {
            Cut::Drop
        }
        // vBulletin 3 draws a quote as a table with one cell, below a line that says so.
        "td" if has_class(element, &["alt2"]) => Cut::Quote,
        "table" | "tbody" | "tr" if inside(element, "td.alt2").is_some() => Cut::Unwrap,
        "div" if has_class(element, &["smallfont"]) && style("margin-bottom") => Cut::Drop,
        "div" if names_the_quoted(element) => Cut::Drop,
        _ => Cut::Keep,
    }
}

/// "Originally Posted by Ada", the first line of the cell, above the words.
fn names_the_quoted(element: ElementRef<'_>) -> bool {
    let cell = element.parent().and_then(ElementRef::wrap).filter(|cell| has_class(*cell, &["alt2"]));
    let first = element.prev_siblings().all(|before| before.value().as_text().is_some_and(|text| text.trim().is_empty()));
    let more = element.next_siblings().any(|after| after.value().is_element());
    cell.is_some() && first && more && inside(element, "strong").is_some()
}

/// Whether an answer is one of vBulletin's own messages: "Invalid Post specified."
#[must_use]
pub fn is_message(answer: &http::Response) -> bool {
    Page::read(answer).is_ok_and(|page| page.first(MESSAGE).is_some())
}

const MESSAGE: &str =
    ".standard_error, td.panelsurround, .panelsurround, .b-page-message, meta[name=generator][content*='vBulletin']";

/// Why a page is not what was asked.
fn refusal(answer: &http::Response, page: &Page, what: &str) -> Failure {
    // The header of every page has a form to log in; a page that wants it has the form in its middle.
    if page.first(".standard_error form[action*='login.php'], .panelsurround form[action*='login.php'], .panel form[action*='login.php']").is_some() {
        return Failure::forbidden(format!("{} asks to log in: the {what} is not public", page.url));
    }
    match page.words(".standard_error, .panelsurround, .b-page-message") {
        Some(words) => {
            let words: String = words.chars().take(120).collect();
            Failure::forbidden(format!("{} shows a message instead of the {what}: {words}", page.url))
        }
        None => answer.unexpected(&format!("is no {what} of a vBulletin board")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_threads_in_all_manners_of_address() {
        for (url, number) in [
            ("https://b.example/f/showthread.php?t=45&page=2", Some("45")),
            ("https://b.example/f/showthread.php?45-About-Acme-5/page2", Some("45")),
            ("https://b.example/f/showthread.php/45-About-Acme/page2#post7", Some("45")),
            ("https://b.example/f/phones/45-about-acme", Some("45")),
            ("https://b.example/f/phones/45-about-acme/page2", Some("45")),
            ("https://b.example/f/phones/about-acme-5-45.html", Some("5")),
            ("https://b.example/f/phones/about-acme-45.html", Some("45")),
            ("https://b.example/f/phones/about-acme-45-2.html", Some("45")),
            ("https://b.example/f/showthread.php?p=7#post7", None),
            ("https://b.example/f/phones/about-acme", None),
            ("https://b.example/", None),
        ] {
            assert_eq!(thread_number(url).as_deref(), number, "{url}");
        }
        assert_eq!(forum_number("https://b.example/forumdisplay.php?f=2").as_deref(), Some("2"));
        assert_eq!(forum_number("https://b.example/forumdisplay.php/2-Phones").as_deref(), Some("2"));
    }
}
