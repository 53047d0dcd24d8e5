//! Plans feeds; walks lists; reads what is known again.

mod ask;
mod list;
mod refresh;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Failure, Feed, Poll, Search, ids};

use crate::parse::What;
use crate::{Mode, Settings, query};

pub(crate) use refresh::refresh;

/// What a feed lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Params {
    what: What,
    /// Only what a search finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    /// Only the comments of one article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    post: Option<u64>,
}

/// Articles and comments of the site, or one feed for each different alternative of the searches.
pub(crate) fn plan(settings: &Settings, searches: &[Search]) -> Result<Vec<Feed>, Failure> {
    let base = settings.base()?;
    settings.comments_for_ms()?;
    let mut kinds = vec![What::Posts];
    if settings.static_pages {
        kinds.push(What::Pages);
    }
    let mut feeds: Vec<Feed> = Vec::new();
    if settings.mode == Mode::Latest {
        if settings.comments {
            kinds.push(What::Comments);
        }
        for what in kinds {
            let params = Params { what, search: None, post: None };
            feeds.push(Feed::new(what.path(), format!("{} of {base}", what.path())).with_params(&params));
        }
        return Ok(feeds);
    }
    for query in searches.iter().flat_map(|search| &search.any).filter_map(query::query) {
        for what in &kinds {
            let id = format!("search:{}:{}", what.path(), ids::short(&query));
            if feeds.iter().all(|feed| feed.id != id) {
                let params = Params { what: *what, search: Some(query.clone()), post: None };
                feeds.push(Feed::new(id, format!("search of {base} for {query}")).with_params(&params));
            }
        }
    }
    if feeds.is_empty() {
        return Err(Failure::settings(
            "setting `mode`: `search` has nothing to search for, because the topics name no words; use `latest`",
        ));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    list::poll(settings, request, &request.feed.read_params()?)
}
