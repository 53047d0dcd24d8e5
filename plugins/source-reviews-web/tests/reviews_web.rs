//! The plugin as the host sees it, on short pages after the shapes schema.org and search engines document
//! (<https://schema.org/Review>, <https://developers.google.com/search/docs/appearance/structured-data/discussion-forum>).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use source_reviews_web::ReviewsWeb;
use vigie_plugin::testing::{Answer, FakeHost};
use vigie_plugin::{
    Batch, Change, Direction, Failure, FailureClass, Mention, MentionKind, Next, Poll, Rating, TextFormat, Value, time,
};

const URL: &str = "https://shop.example/phones/acme-7";

fn settings() -> Json {
    json!({ "urls": [URL] })
}

fn poll(answer: Answer) -> Result<Batch, Failure> {
    let host = FakeHost::new().get(URL, answer);
    let feed = host.plan::<ReviewsWeb>(&settings(), vec![]).expect("a plan").remove(0);
    host.poll::<ReviewsWeb>(&settings(), Poll::newer(feed).limit(10_000))
}

fn read(html: &str) -> Vec<Mention> {
    poll(Answer::html(html)).expect("a batch").mentions().cloned().collect()
}

fn block(value: &Json) -> String {
    format!("<script type=\"application/ld+json\">{value}</script>")
}

fn ids<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> BTreeSet<String> {
    batches.into_iter().flat_map(Batch::mentions).map(|mention| mention.id.clone()).collect()
}

#[test]
fn every_property_of_a_review_is_mapped() {
    let mentions = read(&block(
        &json!({ "@context": "https://schema.org", "@type": "Product", "name": "Acme &amp; 7", "url": URL,
        "aggregateRating": { "@type": "AggregateRating", "ratingValue": "9,1", "bestRating": 10, "reviewCount": 12 },
        "review": { "@type": "Review", "@id": "#review-77", "headline": "It&#39;s fine", "reviewBody": "One &lt; two\nthree",
            "author": { "@type": "Person", "name": "Ada L.", "url": "/people/ada", "email": "ada@shop.example" },
            "datePublished": "2026-01-02T03:04:05+02:00", "dateModified": "2026-01-03T00:00:00Z", "inLanguage": "en-GB",
            "reviewRating": { "@type": "Rating", "ratingValue": "8,4", "bestRating": "10", "worstRating": "0" },
            "image": [{ "@type": "ImageObject", "contentUrl": "/i/7.jpg", "caption": "Mine" }],
            "interactionStatistic": { "@type": "InteractionCounter", "interactionType": "https://schema.org/LikeAction", "userInteractionCount": 4 },
            "comment": { "@type": "Comment", "text": "Thank you", "author": { "@type": "Organization", "name": "Acme" }, "dateCreated": "2026-01-04" } } }),
    ));
    let [review, answer] = mentions.as_slice() else { panic!("a review and an answer: {mentions:#?}") };
    assert_eq!((review.id.as_str(), review.kind), ("https://shop.example/phones/acme-7#review-77", MentionKind::Review));
    assert_eq!((review.url.as_deref(), review.title.as_deref()), (Some(review.id.as_str()), Some("It's fine")));
    assert_eq!((review.text.as_str(), review.format), ("One < two\nthree", TextFormat::Plain));
    assert_eq!(review.published, time::rfc3339("2026-01-02T01:04:05Z").ok());
    assert_eq!(review.edited, time::rfc3339("2026-01-03T00:00:00Z").ok());
    assert_eq!((review.language.as_deref(), review.rating), (Some("en-GB"), Some(Rating::new(8.4, 0.0, 10.0))));
    assert_eq!((review.engagement.likes, review.engagement.comments, review.thread.as_deref()), (Some(4), None, None));
    assert_eq!(
        (review.media[0].url.as_str(), review.media[0].description.as_deref()),
        ("https://shop.example/i/7.jpg", Some("Mine"))
    );
    let author = review.author.as_ref().expect("an author");
    assert_eq!((author.id.as_str(), author.name.as_deref()), ("https://shop.example/people/ada", Some("Ada L.")));
    let attributes: Vec<_> = review.attributes.iter().map(|one| (one.key.as_str(), one.value.clone())).collect();
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        attributes,
        [
            ("item", text("Acme & 7")),
            ("item-type", text("Product")),
            ("item-url", text(URL)),
            ("provenance", text("structured-data")),
            ("syntax", text("json-ld"))
        ]
    );
    assert_eq!(
        (answer.kind, answer.parent.as_deref(), answer.thread.as_deref()),
        (MentionKind::Reply, Some(review.id.as_str()), Some(review.id.as_str()))
    );
    assert_eq!(answer.author.as_ref().map(|author| author.id.as_str()), Some("shop.example/Acme"));
    assert_eq!(answer.published, time::rfc3339("2026-01-04").ok());
    assert!(!format!("{mentions:?}").contains("ada@"), "no address for mail is delivered");
}

#[test]
fn a_review_told_in_two_syntaxes_is_one() {
    let long = "A phone that lasts for two days, and a camera that sees in the dark.";
    let page = format!(
        r#"{}<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Acme 7</b>
        <div itemprop="review" itemscope itemtype="https://schema.org/Review"><span itemprop="author">Ada</span>
          <span itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating"><meta itemprop="ratingValue" content="4"></span>
          <time itemprop="datePublished" datetime="2026-01-02">2 January</time><p itemprop="reviewBody">{long} And that is all.</p></div>
        <div itemprop="review" itemscope itemtype="https://schema.org/Review"><span itemprop="author">Bo</span><p itemprop="reviewBody">{long} And that is all.</p></div></div>"#,
        block(
            &json!([{ "@type": "Review", "author": "Ada", "reviewBody": format!("{long}…"), "datePublished": "2026-01-02T08:00:00Z", "reviewRating": { "ratingValue": 8, "bestRating": 10 } },
            { "@type": "Review", "author": "Ada", "reviewBody": format!("{long}…"), "datePublished": "2026-01-02T08:00:00Z" }])
        )
    );
    let mentions = read(&page);
    let [ada, bo] = mentions.as_slice() else { panic!("two reviews: {mentions:#?}") };
    assert_eq!(
        (ada.text.as_str(), ada.published),
        (format!("{long} And that is all.").as_str(), time::rfc3339("2026-01-02T08:00:00Z").ok())
    );
    assert_eq!(bo.author.as_ref().and_then(|author| author.name.as_deref()), Some("Bo"));
    assert!(ada.id.starts_with("shop.example/phones/acme-7#") && ada.id != bo.id);
    assert_eq!(read(&page)[0].id, ada.id, "the same review has the same id");
}

#[test]
fn references_blocks_and_scales_do_not_matter() {
    let html = format!(
        "{}{}{}",
        block(&json!({ "@graph": [{ "@type": "Movie", "@id": "#film", "name": "Acme: The Film" },
            { "@type": "Review", "itemReviewed": { "@id": "#film" }, "author": { "@id": "#ada" }, "reviewBody": "Long.", "reviewRating": "4" },
            { "@type": "Person", "@id": "#ada", "name": "Ada" }] })),
        "<script type='application/ld+json'>//<![CDATA[\n{\"@type\":\"Review\",\"author\":[{\"@type\":\"Person\",\"name\":\"Bo\"}],\"description\":\"Two\nlines\",\
         \"datePublished\":\"2010-07-15 12:53:35\",\"reviewRating\":{\"ratingValue\":85,\"bestRating\":\"100\",},}\n//]]></script>",
        "<script type='application/ld+json'>null</script><script type='application/ld+json'>{broken</script>"
    );
    let mentions = read(&html);
    let [ada, bo] = mentions.as_slice() else { panic!("two reviews: {mentions:#?}") };
    assert_eq!(ada.author.as_ref().and_then(|author| author.name.as_deref()), Some("Ada"));
    assert!(ada.attributes.iter().any(|one| one.key == "item" && one.value == Value::Text("Acme: The Film".to_owned())));
    assert_eq!((ada.rating, bo.rating), (Some(Rating::new(4.0, 1.0, 5.0)), Some(Rating::new(85.0, 1.0, 100.0))));
    assert_eq!((bo.text.as_str(), bo.published), ("Two\nlines", time::rfc3339("2010-07-15T12:53:35").ok()));
}

#[test]
fn discussions_keep_their_shape() {
    let mentions = read(&block(
        &json!({ "@type": "DiscussionForumPosting", "url": URL, "headline": "Acme 7?", "text": "<p>Is it <b>good</b>?</p>",
        "author": { "name": "Ada" }, "datePublished": "2026-01-02T00:00:00Z", "commentCount": "3", "interactionStatistic": [{ "interactionType": { "@type": "ViewAction" }, "userInteractionCount": 99 }],
        "sharedContent": { "@type": "WebPage", "url": "https://news.example/acme" },
        "comment": [{ "@type": "Comment", "url": "/c/1", "text": "Yes", "author": { "name": "Bo" }, "upvoteCount": 5, "downvoteCount": 1,
            "comment": { "@type": "Comment", "url": "/c/2", "text": "No", "author": { "name": "Anonymous" } } },
            { "@type": "Comment", "url": "/c/3", "text": "gone", "creativeWorkStatus": "Deleted" },
            { "@type": "Comment", "url": "/c/4", "text": "flat", "parentItem": { "@id": "/c/1" } }] }),
    ));
    let [post, yes, no, flat] = mentions.as_slice() else { panic!("four: {mentions:#?}") };
    assert_eq!(
        (post.id.as_str(), post.kind, post.format, post.parent.as_deref()),
        (URL, MentionKind::Post, TextFormat::Html, None)
    );
    assert_eq!(
        (post.engagement.comments, post.engagement.views, post.links.as_slice()),
        (Some(3), Some(99), &["https://news.example/acme".to_owned()][..])
    );
    assert_eq!((yes.id.as_str(), yes.kind, yes.parent.as_deref()), ("https://shop.example/c/1", MentionKind::Reply, Some(URL)));
    assert_eq!((yes.engagement.likes, yes.thread.as_deref()), (Some(5), Some(URL)));
    assert_eq!(
        (no.parent.as_deref(), no.thread.as_deref(), no.author.as_ref()),
        (Some("https://shop.example/c/1"), Some(URL), None)
    );
    assert_eq!((flat.parent.as_deref(), flat.thread.as_deref()), (Some("https://shop.example/c/1"), Some(URL)));
    let batch = poll(Answer::html(block(&json!({ "@type": "Comment", "url": "/c/3", "creativeWorkStatus": "Deleted" }))))
        .expect("a batch");
    assert_eq!(batch.changes, [Change::Remove("https://shop.example/c/3".to_owned())]);
}

#[test]
fn a_later_page_of_a_discussion_names_its_post_and_does_not_repeat_it() {
    let mentions = read(&block(&json!({ "@type": "DiscussionForumPosting", "url": "/t/1", "headline": "Acme 7?",
        "comment": { "@type": "Comment", "text": "Late", "url": "/t/1?page=2#c9" } })));
    let [late] = mentions.as_slice() else { panic!("one comment: {mentions:#?}") };
    assert_eq!(
        (late.parent.as_deref(), late.thread.as_deref()),
        (Some("https://shop.example/t/1"), Some("https://shop.example/t/1"))
    );
}

#[test]
fn questions_and_answers() {
    let mentions = read(&block(
        &json!({ "@type": "QAPage", "mainEntity": { "@type": "Question", "name": "How long?", "text": "How long does it last?",
        "answerCount": 2, "upvoteCount": 3, "acceptedAnswer": { "@type": "Answer", "text": "A day", "url": "/a/1" },
        "suggestedAnswer": [{ "@type": "Answer", "text": "Two", "comment": { "@type": "Comment", "text": "Really?" } }] } }),
    ));
    let kinds: Vec<_> = mentions.iter().map(|mention| (mention.kind, mention.thread.as_deref())).collect();
    assert_eq!(
        kinds,
        [
            (MentionKind::Question, None),
            (MentionKind::Answer, Some(URL)),
            (MentionKind::Answer, Some(URL)),
            (MentionKind::Comment, Some(URL))
        ]
    );
}

#[test]
fn ratings_without_words_count_and_templates_do_not() {
    let mentions = read(&block(&json!([
        { "@type": "Review", "author": "Ada", "reviewRating": 5, "datePublished": "2026-01-02" },
        { "@type": "Review", "author": "Bo", "reviewBody": "comment", "reviewRating": { "ratingValue": "" } },
        { "@type": "Review", "author": null, "reviewBody": null }, { "@type": "Review" }, { "@type": "AggregateRating", "ratingValue": 4 }])));
    assert_eq!(mentions.len(), 1, "{mentions:#?}");
    assert_eq!((mentions[0].text.as_str(), mentions[0].rating), ("", Some(Rating::new(5.0, 1.0, 5.0))));
}

#[test]
fn dates_of_the_page_s_own_country() {
    let date = |lang: &str, date: &str| {
        let body = block(&json!({ "@type": "Review", "author": "Ada", "reviewBody": "Goed", "datePublished": date }));
        read(&format!("<html lang='{lang}'>{body}"))[0].published
    };
    assert_eq!(date("nl", "09-06-2022"), time::rfc3339("2022-06-09").ok());
    assert_eq!(date("en", "09-06-2022"), None);
}

#[test]
fn what_marks_up_nothing_is_no_page_without_reviews() {
    for html in [
        "<!doctype html><title>Are you human?</title>",
        "<p>Reviews: ***",
        "",
        "plain words",
        "<script type='application/ld+json'>{broken</script>",
    ] {
        assert_eq!(poll(Answer::html(html)).expect_err(html).class, FailureClass::UnexpectedAnswer, "{html}");
    }
    assert_eq!(poll(Answer::html(block(&json!({ "@type": "Product", "name": "Acme 7" })))).expect("a batch").changes, []);
    for (status, class) in [
        (403, FailureClass::Forbidden),
        (404, FailureClass::Gone),
        (410, FailureClass::Gone),
        (429, FailureClass::RateLimited),
        (503, FailureClass::Transient),
    ] {
        assert_eq!(poll(Answer::html("<p>no").with_status(status)).expect_err("a failure").class, class);
    }
}

#[test]
fn hostile_pages_are_survived() {
    let many: Vec<Json> = (0..3_000).map(|n| json!({ "@type": "Review", "reviewBody": format!("the same words at the beginning of every single one of them {n}") })).collect();
    assert_eq!(read(&block(&json!(many))).len(), 3_000);
    let odd = json!({ "@type": [["Review"], 3, "Review"], "@id": 7, "reviewBody": ["x", "y"], "author": [[{}]], "datePublished": { "a": 1 }, "reviewRating": [[[]]],
        "interactionStatistic": "x", "image": [null, 7, {}], "comment": ["text", 3, null, [[]]], "review": "words", "url": "javascript:alert(1)" });
    assert_eq!(read(&block(&odd))[0].text, "x");
    let deep = format!(
        "{}<div itemscope itemtype='https://schema.org/Review'><p itemprop=reviewBody>{}deep",
        block(&json!({ "@type": "Thing" })),
        "<b>".repeat(5_000)
    );
    assert_eq!(read(&deep).len(), 1);
}

fn shop(pages: &[&[u32]]) -> FakeHost {
    let host = FakeHost::new();
    pages.iter().enumerate().fold(host, |host, (at, numbers)| {
        let url = if at == 0 { URL.to_owned() } else { format!("{URL}?page={}", at + 1) };
        let reviews: Vec<Json> = numbers
            .iter()
            .map(|n| json!({ "@type": "Review", "@id": format!("https://shop.example/r/{n}"), "reviewBody": format!("Review {n}"), "author": format!("{n}") }))
            .collect();
        let next = if at + 1 < pages.len() { format!("<link rel='next' href='?page={}'>", at + 2) } else { "<a rel='next nofollow' href='https://elsewhere.example/'>x</a>".to_owned() };
        host.get(&url, Answer::html(format!("{next}{}", block(&json!(reviews)))))
    })
}

fn walk(host: &FakeHost, cursor: Option<String>, limit: u32) -> Vec<Batch> {
    let feed = host.plan::<ReviewsWeb>(&settings(), vec![]).expect("a plan").remove(0);
    let (mut batches, mut cursor) = (Vec::new(), cursor);
    loop {
        let request = Poll::newer(feed.clone()).cursor(cursor.clone()).limit(limit);
        let batch = host.poll::<ReviewsWeb>(&settings(), request).expect("a batch");
        cursor = batch.cursor.clone();
        let more = batch.next == Next::More;
        batches.push(batch);
        if !more {
            return batches;
        }
    }
}

#[test]
fn pages_are_followed_and_resumed_at_each() {
    let host = shop(&[&[6, 5], &[4, 3], &[3, 2, 1]]);
    let feed = host.plan::<ReviewsWeb>(&settings(), vec![]).expect("a plan").remove(0);
    let batches = host.read::<ReviewsWeb>(&settings(), &feed, Direction::Older).expect("batches");
    assert_eq!((ids(&batches).len(), batches.len(), batches[2].next), (6, 3, Next::Done));
    for at in 0..2 {
        let again =
            host.poll::<ReviewsWeb>(&settings(), Poll::older(feed.clone()).cursor(batches[at].cursor.clone())).expect("a batch");
        assert_eq!(again, batches[at + 1]);
    }
    let limited = json!({ "urls": [URL], "pages": 2 });
    let batches = host.read::<ReviewsWeb>(&limited, &feed, Direction::Older).expect("batches");
    assert_eq!(batches.len(), 2);
}

#[test]
fn news_are_followed_down_to_what_is_known() {
    let first = walk(&shop(&[&[6, 5], &[4, 3]]), None, 100);
    assert_eq!((first.len(), ids(&first).len()), (1, 2), "what is older is the business of history");
    let host = shop(&[&[12, 11], &[10, 9], &[8, 6], &[5, 4]]);
    let next = walk(&host, first[0].cursor.clone(), 1);
    assert_eq!(ids(&next), [6, 8, 9, 10, 11, 12].iter().map(|n| format!("https://shop.example/r/{n}")).collect());
    let quiet = walk(&host, next.last().expect("a batch").cursor.clone(), 100);
    assert_eq!(quiet.len(), 1);
}

#[test]
fn sitemaps_become_feeds_of_their_own_host() {
    let settings = json!({ "sitemaps": ["https://shop.example/sitemap.xml"], "include": ["/p/"], "most": 2, "pages_for": "2d" });
    let host = FakeHost::new()
        .get("https://shop.example/sitemap.xml", Answer::new("text/xml", "<sitemapindex><sitemap><loc>https://shop.example/1.xml</loc></sitemap><sitemap><loc>https://other.example/2.xml</loc></sitemap></sitemapindex>"))
        .get("https://shop.example/1.xml", Answer::new("text/xml", "<urlset><url><loc>https://shop.example/p/1</loc></url><url><loc>https://shop.example/about</loc><lastmod>2026-01-01</lastmod></url>\
            <url><loc>https://other.example/p/2</loc></url><url><loc>/p/3</loc><lastmod>2025-12-30</lastmod></url><url><loc>https://shop.example/p/4</loc><lastmod>2025-12-31</lastmod></url></urlset>"))
        .get("https://shop.example/p/4", Answer::html("<p>No markup here"));
    let index = host.plan::<ReviewsWeb>(&settings, vec![]).expect("a plan").remove(0);
    let inside = host.poll::<ReviewsWeb>(&settings, Poll::newer(index.clone())).expect("a batch").feeds;
    assert_eq!(inside.iter().map(|feed| feed.id.as_str()).collect::<Vec<_>>(), ["sitemap:https://shop.example/1.xml"]);
    let batch = host.poll::<ReviewsWeb>(&settings, Poll::newer(inside[0].clone())).expect("a batch");
    assert_eq!(
        batch.feeds.iter().map(|feed| feed.title.as_str()).collect::<Vec<_>>(),
        ["https://shop.example/p/4", "https://shop.example/p/3"]
    );
    assert_eq!(batch.feeds[0].expires_at, time::rfc3339("2026-01-03T00:00:00Z").map(|moment| moment.at).ok());
    let page = host
        .poll::<ReviewsWeb>(&settings, Poll::newer(batch.feeds[0].clone()))
        .expect("no failure: nobody said there are reviews");
    assert_eq!(page.changes, []);
    assert_eq!(host.poll::<ReviewsWeb>(&settings, Poll::older(index)).expect("a batch").next, Next::Done);
    let wall = FakeHost::new().get("https://shop.example/sitemap.xml", Answer::html("<html>no"));
    let feed = wall.plan::<ReviewsWeb>(&settings, vec![]).expect("a plan").remove(0);
    assert_eq!(wall.poll::<ReviewsWeb>(&settings, Poll::newer(feed)).expect_err("a page").class, FailureClass::UnexpectedAnswer);
}

#[test]
fn mistakes_in_the_settings_are_named() {
    let host = FakeHost::new();
    for (wrong, word) in [
        (json!({}), "`urls`"),
        (json!({ "urls": ["shop.example"] }), "`urls`"),
        (json!({ "sitemaps": ["x"] }), "`sitemaps`"),
        (json!({ "urls": [URL], "pages_for": "x" }), "`pages_for`"),
    ] {
        let failure = host.plan::<ReviewsWeb>(&wrong, vec![]).expect_err("wrong settings");
        assert_eq!(failure.class, FailureClass::Settings);
        assert!(failure.message.contains(word), "{}", failure.message);
    }
    assert_eq!(host.plan::<ReviewsWeb>(&json!({ "urls": [URL, format!("{URL}#top")] }), vec![]).expect("a plan").len(), 1);
}
