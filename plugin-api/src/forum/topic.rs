//! What pages of boards show, whichever program printed them.

use super::Body;
use crate::{Author, Instant, Mention, MentionKind, Moment, Value};

/// A page of a topic.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Topic {
    /// Its number.
    pub id: Option<String>,
    /// Plain text.
    pub title: Option<String>,
    /// Times it was read.
    pub views: Option<u64>,
    /// Answers to its first post.
    pub replies: Option<u64>,
    /// The posts of this page, in its order.
    pub posts: Vec<Post>,
    /// Its pages.
    pub pages: Pages,
}

/// A page of a list of topics.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listing {
    /// Topics, in the order of the page.
    pub rows: Vec<Row>,
    /// Its pages.
    pub pages: Pages,
}

/// A topic in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Its number, or another name that stays.
    pub id: String,
    /// Address of its first page.
    pub url: String,
    /// Plain text.
    pub title: Option<String>,
    /// When it was last answered.
    pub last: Option<Instant>,
    /// Answers to its first post.
    pub replies: Option<u64>,
    /// Stands above all others.
    pub pinned: bool,
}

/// The pages of a topic or a list, as one of them names them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pages {
    /// The number of this one; 0 counts as 1.
    pub current: u32,
    /// Numbers and addresses of others.
    pub links: Vec<(u32, String)>,
}

impl Pages {
    /// The number of this page.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.current.max(1)
    }

    /// The address of a page, where this one names it.
    #[must_use]
    pub fn at(&self, number: u32) -> Option<&str> {
        self.links.iter().find(|(known, _)| *known == number).map(|(_, url)| url.as_str())
    }

    /// The last page behind this one.
    #[must_use]
    pub fn last(&self) -> Option<(u32, &str)> {
        let behind = self.links.iter().filter(|(number, _)| *number > self.number());
        behind.max_by_key(|(number, _)| *number).map(|(number, url)| (*number, url.as_str()))
    }
}

/// Somebody who wrote a post.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Number of the account; none for guests.
    pub id: Option<String>,
    /// The name the account is known by.
    pub name: String,
    /// Page about the account.
    pub url: Option<String>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Post {
    /// Its number on the board.
    pub id: String,
    /// Where it is read.
    pub url: Option<String>,
    /// Whether it opens its topic.
    pub first: bool,
    /// Its place in the topic, from 1, where the page states it.
    pub number: Option<u64>,
    /// Who wrote it.
    pub author: Option<Person>,
    /// When.
    pub published: Option<Moment>,
    /// When it was last changed.
    pub edited: Option<Moment>,
    /// What was written.
    pub body: Body,
    /// Number of the first post it quotes.
    pub quotes: Option<String>,
    /// Likes or reactions.
    pub likes: Option<i64>,
    /// Whether the board says that it was removed.
    pub removed: bool,
}

impl Post {
    /// The post as a mention.
    ///
    /// # Shape
    /// `id` is the post's number, `thread` is `t/` and the topic's; the parent is the post quoted first, because boards state nothing else.
    /// The topic's title, answers and views belong to its first post; the others carry the title as the attribute `topic-title`. Who has no number (a guest) has the id `name/NAME`.
    #[must_use]
    pub fn mention(&self, topic: &Topic) -> Mention {
        let kind = if self.first { MentionKind::Post } else { MentionKind::Reply };
        let opening = self.first.then_some(topic);
        let mut mention = Mention::new(&self.id, kind)
            .url(self.url.as_ref())
            .title(opening.and_then(|topic| topic.title.as_ref()))
            .html(&self.body.html)
            .author(self.author.as_ref().map(Person::author))
            .published(self.published)
            .edited(self.edited)
            .parent(self.quotes.as_ref().filter(|quoted| **quoted != self.id))
            .thread(topic.id.as_ref().map(|id| format!("t/{id}")))
            .likes(self.likes)
            .comments(opening.and_then(|topic| topic.replies))
            .views(opening.and_then(|topic| topic.views))
            .media(self.body.media.iter().cloned());
        if let Some(title) = topic.title.as_ref().filter(|_| !self.first) {
            mention = mention.attribute("topic-title", Value::Text(title.clone()));
        }
        match self.number {
            #[expect(clippy::cast_precision_loss, reason = "places in a topic are far below 2^53")]
            Some(number) => mention.attribute("post-number", Value::Number(number as f64)),
            None => mention,
        }
    }
}

impl Person {
    /// Somebody of whom a page shows the name; `None` where it is blank.
    #[must_use]
    pub fn named(name: &str, id: Option<String>, url: Option<String>) -> Option<Self> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(Self { id, name, url })
    }

    /// Who it is, as mentions say it.
    #[must_use]
    pub fn author(&self) -> Author {
        let id = self.id.clone().unwrap_or_else(|| format!("name/{}", crate::ids::short(&self.name)));
        let author = Author::new(id).name(&self.name).url(self.url.as_ref());
        // Members are addressed by the name shown; guests cannot be addressed.
        if self.id.is_some() { author.handle(&self.name) } else { author }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_become_mentions() {
        let topic = Topic { id: Some("45".into()), title: Some("Acme".into()), replies: Some(3), ..Topic::default() };
        let author = Person::named(" Ada  L ", Some("2".into()), None);
        let first = Post { id: "7".into(), first: true, author, number: Some(1), ..Post::default() }.mention(&topic);
        assert_eq!((first.kind, first.title.as_deref(), first.engagement.comments), (MentionKind::Post, Some("Acme"), Some(3)));
        assert_eq!(first.author.and_then(|author| author.handle).as_deref(), Some("Ada L"));
        let quotes =
            |quoted: &str| Post { id: "8".into(), quotes: Some(quoted.into()), ..Post::default() }.mention(&topic).parent;
        assert_eq!((quotes("7").as_deref(), quotes("8")), (Some("7"), None));
        let guest = Person::named("Bo", None, None).map(|guest| guest.author()).expect("a name");
        assert_eq!((guest.id.as_str(), guest.handle.as_deref()), ("name/Bo", None));
        assert_eq!(Person::named(" ", None, None), None);
    }

    #[test]
    fn pages_are_found_by_number() {
        let pages = Pages { current: 0, links: vec![(2, "b".into()), (7, "c".into()), (1, "a".into())] };
        assert_eq!((pages.at(2), pages.at(3), pages.last()), (Some("b"), None, Some((7, "c"))));
        assert_eq!(Pages { current: 7, ..pages }.last(), None);
    }
}
