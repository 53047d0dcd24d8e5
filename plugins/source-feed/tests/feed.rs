//! The plugin as the host sees it, on short documents of each kind.

use serde_json::json;
use source_feed::FeedSource;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Direction, Failure, FailureClass, Mention, MentionKind, Moment, Next, Poll, Precision, TextFormat, Value, time,
};

const URL: &str = "https://handset.example/feed.xml";

fn poll(answer: Answer) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(URL, answer);
    let settings = json!({ "urls": [URL] });
    let feed = host.plan::<FeedSource>(&settings, vec![]).expect("a plan").remove(0);
    host.poll::<FeedSource>(&settings, Poll::newer(feed))
}

fn read(body: &str) -> Vec<Mention> {
    poll(Answer::new("text/html", body)).expect("a batch").mentions().cloned().collect()
}

fn at(text: &str) -> Option<Moment> {
    Some(time::rfc3339(text).expect("a date"))
}

#[test]
fn rss_2() {
    let mentions = read(include_str!("fixtures/blog.rss.xml"));
    assert_eq!(mentions.len(), 3, "{mentions:#?}");
    let first = &mentions[0];
    assert_eq!(first.id, format!("{URL}#handset-7"));
    assert_eq!(first.kind, MentionKind::Article);
    assert_eq!(first.title.as_deref(), Some("L’Acme 7 – premier essai"));
    assert_eq!(first.url.as_deref(), Some("https://handset.example/essais/acme-7?a=1&b=2"));
    assert_eq!(first.text, "<p>Un <a href=\"https://handset.example/acme\">Acme</a> solide.</p>");
    assert_eq!(first.format, TextFormat::Html);
    assert_eq!(first.language.as_deref(), Some("fr-FR"));
    assert_eq!(first.published, at("2022-11-16T12:00:00Z"));
    assert_eq!(first.edited, at("2022-11-17T08:00:00Z"));
    assert_eq!(first.engagement.comments, Some(12));
    let author = first.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref()), ("handset.example/Zoé Martin", Some("Zoé Martin")));
    assert_eq!(first.media[0].url, "https://cdn.handset.example/7.mp3");
    let Value::Labels(tags) = &first.attributes[1].value else { panic!("tags are labels: {:?}", first.attributes) };
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Phones", "R&D"]);
    assert!(matches!(&first.attributes[0].value, Value::Text(outlet) if outlet == "The Handset & Co"));

    let second = &mentions[1];
    assert_eq!(
        (second.id.as_str(), second.url.as_deref()),
        ("https://handset.example/notes/3", Some("https://handset.example/notes/3"))
    );
    assert_eq!((second.text.as_str(), second.format), ("Line one\nline two <3", TextFormat::Html));
    assert_eq!(second.author.as_ref().and_then(|author| author.name.as_deref()), Some("The desk"));
    assert_eq!(second.published.map(|moment| moment.precision), Some(Precision::Zoneless));

    assert!(mentions[2].id.starts_with(&format!("{URL}#")) && mentions[2].published.is_none());
    assert!(!format!("{mentions:?}").contains("press@"), "no address for mail is kept");
}

#[test]
fn atom() {
    let mentions = read(include_str!("fixtures/discussion.atom.xml"));
    let [question, answer] = mentions.as_slice() else { panic!("two entries: {mentions:#?}") };
    assert_eq!(question.id, "tag:talk.example,2026:1");
    assert_eq!(question.title.as_deref(), Some("Use <b> for bold"));
    assert_eq!(question.url.as_deref(), Some("https://talk.example/a/1"));
    assert_eq!(question.text, "<div><p>Is <b>Acme</b> &amp; co &lt; 3<br>fine?</p></div>");
    assert_eq!((question.published, question.edited), (at("2026-01-01T09:00:00Z"), None));
    assert_eq!(question.engagement.comments, Some(4));
    assert_eq!(question.links, ["https://other.example/x"]);
    assert_eq!(question.media[0].url, "https://talk.example/a/1.jpg");
    assert_eq!(question.author.as_ref().and_then(|author| author.url.as_deref()), Some("https://talk.example/ines"));
    assert_eq!((answer.kind, answer.parent.as_deref()), (MentionKind::Comment, Some("tag:talk.example,2026:1")));
    assert_eq!((answer.text.as_str(), answer.format), ("Plain & simple", TextFormat::Plain));
    assert_eq!(answer.language.as_deref(), Some("en"));
    assert!(!format!("{mentions:?}").contains("@talk.example"), "no address for mail is kept");
}

#[test]
fn rss_1() {
    let mentions = read(include_str!("fixtures/rdf.xml"));
    assert_eq!(mentions[0].id, "https://old.example/1");
    assert_eq!(mentions[0].title.as_deref(), Some("Grüße"));
    assert_eq!(mentions[0].language.as_deref(), Some("de"));
    assert_eq!(mentions[0].published.map(|moment| moment.precision), Some(Precision::Day));
    assert_eq!(mentions[0].text, "Text \u{a0}mit <b>HTML</b>");
}

#[test]
fn json_feed() {
    let mentions = read(include_str!("fixtures/feed.json"));
    let [first, second] = mentions.as_slice() else { panic!("two items: {mentions:#?}") };
    assert_eq!(first.id, format!("{URL}#12"));
    assert_eq!(first.url.as_deref(), Some("https://micro.example/12"));
    assert_eq!(first.text, "<p>Acme <img src=\"https://micro.example/i.png\"></p>");
    assert_eq!(first.links, ["https://news.example/acme"]);
    assert_eq!((first.published.map(|moment| moment.at), first.edited), (Some(1_767_323_045_520), None));
    assert_eq!(first.author.as_ref().map(|author| author.id.as_str()), Some("https://micro.example/mo"));
    assert_eq!(first.media[0].description.as_deref(), Some("The film"));
    assert_eq!(second.author.as_ref().and_then(|author| author.name.as_deref()), Some("Old style"));
    assert_eq!((second.text.as_str(), second.format), ("Plain", TextFormat::Plain));
}

#[test]
fn malformed_documents_give_the_good_entries() {
    let cases = [
        (
            "an undeclared prefix",
            "<rss version='2.0'><channel><itunes:x>y</itunes:x><item><guid>a</guid><dc:creator>Z</dc:creator></item></channel></rss>",
            1,
        ),
        ("a version nobody knows", "<rss><channel><item><guid>a</guid></item></channel></rss>", 1),
        ("bare ampersands", "<rss version='2.0'><channel><item><link>http://x.example/?a=1&b=2</link></item></channel></rss", 1),
        (
            "unclosed HTML",
            "<rss version='2.0'><channel><item><guid>a</guid><description>a<br>b<p>c</description></item><item><guid>b</guid></item></channel></rss>",
            2,
        ),
        (
            "a cut section",
            "<rss version='2.0'><channel><item><guid>a</guid></item><item><guid>b</guid><description><![CDATA[cut</description></item></channel>",
            2,
        ),
        (
            "a cut id",
            "<rss version='2.0'><channel><item><guid>a</guid></item><item><link>https://x.example/b</link><guid>https://x.exam",
            1,
        ),
        ("a cut document", "<rss version='2.0'><channel><item><guid>a</guid></item><item><title>half a ti", 1),
        (
            "an odd content type",
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a:1</id><content type='weird'>x</content></entry><entry><id>a:2</id></entry></feed>",
            2,
        ),
        (
            "words before it",
            "<b>Warning</b>: x <?xml version='1.0'?><rss version='2.0'><channel><item><guid>a</guid></item></channel></rss>",
            1,
        ),
        (
            "control characters",
            "<rss version='2.0'><channel><item><guid>a\u{0}</guid><title>\u{1}x</title></item></channel></rss>",
            1,
        ),
        ("no entries at all", "<rss version='2.0'><channel><title>x</title></channel></rss>", 0),
    ];
    for (what, body, count) in cases {
        assert_eq!(read(body).len(), count, "{what}");
    }
}

#[test]
fn what_is_no_feed_is_an_unexpected_answer() {
    for body in
        ["", "<!-- nothing -->", "<!doctype html><html><body>Hello</body></html>", "{}", "Not found", "<urlset><url/></urlset>"]
    {
        let failure = poll(Answer::new("application/rss+xml", body)).expect_err(body);
        assert_eq!(failure.class, FailureClass::UnexpectedAnswer, "{body}");
        assert!(failure.message.contains(URL), "{}", failure.message);
    }
    assert_eq!(poll(Answer::status(410)).expect_err("gone").class, FailureClass::Gone);
}

#[test]
fn a_long_feed_comes_in_batches_and_nothing_twice_or_never() {
    let items: String = (0..25).map(|n| format!("<item><guid>{n}</guid><title>{n}</title></item>")).collect();
    let host = FakeHost::new().get(URL, Answer::new("text/xml", format!("<rss version='2.0'><channel>{items}</channel></rss>")));
    let settings = json!({ "urls": [URL, URL] });
    let feeds = host.plan::<FeedSource>(&settings, vec![]).expect("a plan");
    assert_eq!(feeds.len(), 1, "an address named twice is one feed");
    let (mut ids, mut cursor) = (Vec::new(), None);
    for expected in [10, 10, 5, 10] {
        let request = Poll::newer(feeds[0].clone()).limit(10).cursor(cursor.clone());
        let batch = host.poll::<FeedSource>(&settings, request).expect("a batch");
        assert_eq!(batch.mentions().count(), expected);
        ids.extend(batch.mentions().map(|mention| mention.id.clone()));
        cursor = batch.cursor;
    }
    ids.truncate(25);
    ids.dedup();
    assert_eq!(ids.len(), 25);
    let older = host.read::<FeedSource>(&settings, &feeds[0], Direction::Older).expect("a batch");
    assert_eq!((older.len(), older[0].next), (1, Next::Done));
}

#[test]
fn what_broke_off_is_asked_for_anew() {
    let cut = "<rss version='2.0'><channel><item><guid>1</guid><title>one</title></item><item><guid>2";
    let host = FakeHost::new().get(URL, Answer::new("text/xml", cut));
    let host = host.get(URL, Answer::new("text/xml", format!("{cut}</guid><title>two</title></item></channel></rss>")));
    let settings = json!({ "urls": [URL] });
    let feed = host.plan::<FeedSource>(&settings, vec![]).expect("a plan").remove(0);
    let (mut cursor, mut read) = (None, Vec::new());
    for _ in 0..3 {
        let batch = host.poll::<FeedSource>(&settings, Poll::newer(feed.clone()).cursor(cursor)).expect("a batch");
        read.push(batch.mentions().count());
        cursor = batch.cursor;
    }
    assert_eq!(read, [1, 2, 2]);
    let asked: Vec<_> = host.asked().iter().map(|asked| asked.header("cache-control").map(str::to_owned)).collect();
    assert_eq!(asked, [None, Some("no-cache".to_owned()), None], "the host would answer with what broke off");
}

#[test]
fn nothing_older_than_wanted_is_delivered() {
    let host = FakeHost::new().get(URL, Answer::new("text/xml", include_str!("fixtures/blog.rss.xml")));
    let settings = json!({ "urls": [URL] });
    let feed = host.plan::<FeedSource>(&settings, vec![]).expect("a plan").remove(0);
    let since = at("2022-11-10T00:00:00Z").map(|moment| moment.at);
    let batch = host.poll::<FeedSource>(&settings, Poll::newer(feed).since(since)).expect("a batch");
    assert_eq!(batch.mentions().count(), 2, "what has no date may be new");
}

/// They came as four of six entries, and nothing counted the other two. Admission drops the date and keeps the entry.
#[test]
fn a_date_that_stands_for_none_makes_no_entry_old() {
    let item = |id: u8, date: &str| format!("<item><guid>{id}</guid><title>t</title><pubDate>{date}</pubDate></item>");
    let items = [
        item(1, "Thu, 01 Jan 1970 00:00:00 GMT"),
        item(2, "Wed, 31 Dec 1969 23:00:00 GMT"),
        item(3, "Sat, 02 Jan 1971 00:00:00 GMT"),
        item(4, "Sun, 22 Nov 2026 00:00:00 GMT"),
    ];
    let rss = format!("<rss version=\"2.0\"><channel><title>t</title>{}</channel></rss>", items.concat());
    let host = FakeHost::new().get(URL, Answer::new("text/xml", rss.as_str()));
    let settings = json!({ "urls": [URL] });
    let feed = host.plan::<FeedSource>(&settings, vec![]).expect("a plan").remove(0);
    let since = at("2022-11-10T00:00:00Z").map(|moment| moment.at);
    let batch = host.poll::<FeedSource>(&settings, Poll::newer(feed).since(since)).expect("a batch");
    assert_eq!(batch.mentions().count(), 3);
}

#[test]
fn an_address_that_is_none_is_a_mistake_in_the_settings() {
    let failure = FakeHost::new().plan::<FeedSource>(&json!({ "urls": ["blog.example/feed"] }), vec![]).expect_err("no address");
    assert_eq!(failure.class, FailureClass::Settings);
    assert!(failure.message.contains("`blog.example/feed`"), "{}", failure.message);
}
