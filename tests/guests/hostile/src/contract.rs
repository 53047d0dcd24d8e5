//! Answers that break the contract.

use vigie_plugin::{
    Author, Batch, Failure, Feed, Instant, Label, Media, MediaKind, Mention, MentionKind, Moment, Poll, Precision, Rating,
};

use crate::Settings;

/// How many feeds `many_feeds` plans and finds where the settings do not say.
pub(crate) const MANY_FEEDS: usize = 100_000;

/// Asks to go on at once, at the same cursor, for ever.
pub(crate) fn never_ends(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let mention = Mention::new("again", MentionKind::Post).text("the same as last time");
    Ok(Batch { cursor: Some("here".to_owned()), ..Batch::new().upsert(mention).more() })
}

/// Ids that are empty, blank, hold control characters, or are larger than a page of text; and one that is in order.
pub(crate) fn bad_ids(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let long = "i".repeat(settings.count_or(1 << 20));
    let ids = ["", " ", "\0", "a\0b", "line\nbreak", "\u{202e}", &long, "good"];
    let mentions = ids.map(|id| Mention::new(id, MentionKind::Post).text("a strange id").parent(&long).thread("\0"));
    Ok(Batch::new().upserts(mentions).remove("").remove(long))
}

/// Dates no calendar has, and some only odd.
pub(crate) fn bad_times(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    const YEAR_292_MILLION: Instant = Instant::MAX;
    const YEAR_2100: Instant = 4_102_444_800_000;
    let instants = [YEAR_292_MILLION, Instant::MIN, 0, -1, YEAR_2100];
    let precisions = [Precision::Second, Precision::Day, Precision::Zoneless];
    let moments = instants.into_iter().flat_map(|at| precisions.map(|precision| Moment { at, precision }));
    let mentions = moments.enumerate().map(|(n, moment)| {
        let mention = Mention::new(format!("time-{n}"), MentionKind::Post).text("a strange date");
        Mention { edited: Some(moment), ..mention.published(moment) }
    });
    Ok(Batch::new().upserts(mentions))
}

/// Values out of their range in every other field.
pub(crate) fn bad_values(_: &Settings, _: &Poll) -> Result<Batch, Failure> {
    let author = Author::new("").handle("a\0b").url("javascript:alert(1)").followers(u64::MAX).bio("\u{202e}drow");
    let mention = Mention::new("values", MentionKind::Review)
        .html("<script>alert(1)</script><b>bold")
        .url("not an address")
        .language("klingon, or so")
        .country("Atlantis")
        .author(author)
        .rating(Rating::new(f64::NAN, f64::INFINITY, f64::NEG_INFINITY))
        .views(u64::MAX)
        .link("file:///etc/passwd")
        .media([Media::new(MediaKind::Image, "data:image/png;base64,")])
        .attribute("Not A Key", f64::NAN)
        .attribute("twice", true)
        .attribute("twice", false)
        .attribute("labels", vec![Label::new("", f32::INFINITY)]);
    let upside_down = Mention::new("rating", MentionKind::Review).rating(Rating::new(3.0, 5.0, 1.0));
    let links = (0..10_000).map(|n| format!("https://links.example/{n}"));
    let linked = links.fold(Mention::new("links", MentionKind::Post), |mention, link| mention.link(link));
    Ok(Batch::new().upserts([mention, upside_down, linked]))
}

/// A cursor of 1 MiB.
pub(crate) fn wrong_cursor_size(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    Ok(Batch { cursor: Some("c".repeat(settings.count_or(1 << 20))), ..Batch::new().more() })
}

/// Finds a hundred thousand feeds on the way; its plan has as many.
pub(crate) fn many_feeds(settings: &Settings, _: &Poll) -> Result<Batch, Failure> {
    Ok(Batch { feeds: feeds(settings.count_or(MANY_FEEDS)), ..Batch::new() })
}

/// That many feeds.
pub(crate) fn feeds(count: usize) -> Vec<Feed> {
    (0..count).map(|n| Feed::new(format!("feed-{n}"), format!("feed {n} of {count}"))).collect()
}
