//! Drafts as mentions, with their ids. Pure.

use std::collections::{HashMap, HashSet};

use vigie_plugin::{Author, Change, Mention, MentionKind, Value, http, ids, time};

use crate::collect::{Kind, collect};
use crate::doubles;
use crate::draft::{Draft, Writer, drafts};
use crate::extract::Page;

/// So many characters of a text are part of what an item without an address is known by.
const TELLING: usize = 200;

/// What a page says, as changes, each id once, in the order of the page.
///
/// `url`: the address the operator or a sitemap named, on which ids hang, so that a redirect changes none; `answered`: the address that
/// answered, on which relative addresses hang.
pub(crate) fn changes(page: &Page, url: &str, answered: &str) -> Vec<Change> {
    let collected = collect(page);
    let drafts = doubles::merge(drafts(&collected, page, answered));
    let place = Place::new(url, answered);
    let own: Vec<Option<String>> = place.own_addresses(&drafts);
    let ids: Vec<String> = drafts.iter().zip(&own).map(|(draft, own)| place.id(draft, own.as_deref())).collect();
    // Whatever address of a draft is stated elsewhere on the page stands for its id.
    let mut by_address: HashMap<&str, &str> = HashMap::new();
    for (draft, id) in drafts.iter().zip(&ids) {
        for address in &draft.addresses {
            by_address.entry(address).or_insert(id);
        }
    }
    let mut seen = HashSet::new();
    let mut changes = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        if !seen.insert(ids[at].as_str()) {
            continue;
        }
        if draft.deleted {
            changes.push(Change::Remove(ids[at].clone()));
        } else if !draft.is_empty() {
            let parent =
                draft.answers.as_deref().map(|answered| by_address.get(answered).copied().unwrap_or(answered).to_owned());
            let parent = parent.or_else(|| Some(ids[draft.parent?].clone())).filter(|parent| *parent != ids[at]);
            let root = root(&drafts, at);
            let thread = if root != at { Some(ids[root].clone()) } else { parent.clone() };
            let below = draft.parent.map(|parent| drafts[parent].kind);
            let mention =
                place.mention(draft, &ids[at], own[at].as_deref(), below.or(draft.answers.as_ref().map(|_| Kind::Comment)));
            changes.push(Change::Upsert(mention.parent(parent).thread(thread)));
        }
    }
    changes
}

/// The draft a conversation hangs on.
fn root(drafts: &[Draft], at: usize) -> usize {
    let mut root = at;
    // Parents always come before what hangs below them, so this ends.
    while let Some(parent) = drafts[root].parent.filter(|parent| *parent < root) {
        root = parent;
    }
    root
}

struct Place<'a> {
    url: &'a str,
    /// Addresses that are the page itself.
    pages: [String; 2],
    host: &'a str,
}

/// An address without what does not tell pages apart.
fn bare(url: &str) -> String {
    url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned()
}

impl<'a> Place<'a> {
    fn new(url: &'a str, answered: &str) -> Self {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
        Self { url, pages: [bare(url), bare(answered)], host }
    }

    /// The address each draft has for itself alone.
    fn own_addresses(&self, drafts: &[Draft]) -> Vec<Option<String>> {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for draft in drafts {
            for address in draft.addresses.iter().chain(&draft.item_url) {
                *uses.entry(address).or_default() += 1;
            }
        }
        let alone = drafts.iter().filter(|draft| matches!(draft.kind, Kind::Post | Kind::Question)).count() == 1;
        let own = |draft: &Draft| {
            let writer = draft.writer.as_ref().and_then(|writer| writer.url.as_ref());
            let starts = matches!(draft.kind, Kind::Post | Kind::Question);
            let of_its_own = |address: &&String| {
                let page = !address.contains('#') && self.pages.contains(&bare(address));
                uses.get(address.as_str()) == Some(&1) && (starts || !page) && Some(*address) != writer
            };
            let stated = draft.addresses.iter().find(of_its_own).cloned();
            // A page that holds one conversation is its address.
            stated.or_else(|| (starts && alone).then(|| self.url.split('#').next().unwrap_or_default().to_owned()))
        };
        drafts.iter().map(own).collect()
    }

    /// Its own address, else what it says, by whom, when, and how it judges.
    fn id(&self, draft: &Draft, own: Option<&str>) -> String {
        if let Some(own) = own {
            return ids::short(own);
        }
        let path = self.url.split(['?', '#']).next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest);
        let name = draft.writer.as_ref().and_then(|writer| writer.name.as_ref().or(writer.url.as_ref()));
        let day: String =
            draft.published.map(|moment| time::to_rfc3339(moment.at).chars().take(10).collect()).unwrap_or_default();
        let text: String = draft.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TELLING).collect();
        let words = if text.is_empty() { draft.title.clone().unwrap_or_default() } else { text };
        let rating = draft.rating.as_ref().map(|rating| rating.value.to_string()).unwrap_or_default();
        let telling = [name.map_or("", |name| name), &day, &words, &rating].join("\n");
        let hash = ids::hash(&telling);
        let id = format!("{path}#{hash}");
        if id.len() <= 400 { id } else { format!("{}#{hash}", self.host) }
    }

    fn mention(&self, draft: &Draft, id: &str, own: Option<&str>, below: Option<Kind>) -> Mention {
        let kind = match (draft.kind, below) {
            (Kind::Review, _) => MentionKind::Review,
            (Kind::Post, _) => MentionKind::Post,
            (Kind::Question, _) => MentionKind::Question,
            (Kind::Answer, _) => MentionKind::Answer,
            (Kind::Comment, Some(Kind::Post | Kind::Comment | Kind::Review)) => MentionKind::Reply,
            (Kind::Comment, _) => MentionKind::Comment,
        };
        let mention = Mention::new(id, kind)
            .url(own.unwrap_or(self.url))
            .title(draft.title.as_deref())
            .language(draft.language.as_deref())
            .author(draft.writer.as_ref().and_then(|writer| self.author(writer)))
            .published(draft.published)
            .edited(draft.edited)
            .engagement(draft.engagement)
            .rating(draft.rating)
            .media(draft.media.clone());
        let mut mention = if draft.html {
            mention.html(vigie_plugin::html::absolute(&draft.text, self.url))
        } else {
            mention.text(&draft.text)
        };
        mention.links = draft.links.clone();
        let texts = [("item", &draft.item), ("item-type", &draft.item_type), ("item-url", &draft.item_url)];
        for (key, value) in texts {
            if let Some(value) = value {
                mention = mention.attribute(key, Value::Text(value.clone()));
            }
        }
        if let Some(downvotes) = draft.downvotes.and_then(|count| u32::try_from(count).ok()) {
            mention = mention.attribute("downvotes", Value::Number(f64::from(downvotes)));
        }
        // The site writes about itself here, and perhaps not all there is.
        mention
            .attribute("provenance", Value::Text("structured-data".to_owned()))
            .attribute("syntax", Value::Text(draft.syntax.name().to_owned()))
    }

    /// Names are unique on their site at best.
    fn author(&self, writer: &Writer) -> Option<Author> {
        let url = writer.url.as_deref().filter(|url| http::web(url, "").is_some());
        let name = writer.name.as_deref().or(writer.handle.as_deref());
        let id = url.map(str::to_owned).or_else(|| name.map(|name| format!("{}/{name}", self.host)))?;
        Some(Author::new(ids::short(&id)).name(writer.name.as_deref()).handle(writer.handle.as_deref()).url(url))
    }
}
