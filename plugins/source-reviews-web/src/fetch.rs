//! Plans a feed a page and a sitemap; reads them.

mod page;
mod sitemap;

use serde::{Deserialize, Serialize};
use vigie_plugin::{Batch, Failure, Feed, Poll, ids};

use crate::Settings;

/// How a feed is read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Params {
    /// A page and those it names as the next ones. `named`: by the operator, so that a page which marks up nothing is a mistake.
    Page { url: String, named: bool },
    /// A sitemap. `level`: how many sitemaps led here.
    Sitemap { url: String, level: u32 },
}

fn page(url: &str, named: bool) -> Feed {
    Feed::new(format!("page:{}", ids::short(url)), url).with_params(&Params::Page { url: url.to_owned(), named })
}

fn sitemap(url: &str, level: u32) -> Feed {
    Feed::new(format!("sitemap:{}", ids::short(url)), format!("pages of {url}"))
        .with_params(&Params::Sitemap { url: url.to_owned(), level })
}

/// One feed an address.
pub(crate) fn plan(settings: &Settings) -> Result<Vec<Feed>, Failure> {
    settings.pages_for_ms()?;
    let pages = Settings::addresses("urls", &settings.urls)?;
    let sitemaps = Settings::addresses("sitemaps", &settings.sitemaps)?;
    let feeds: Vec<Feed> = pages.iter().map(|url| page(url, true)).chain(sitemaps.iter().map(|url| sitemap(url, 0))).collect();
    if feeds.is_empty() {
        return Err(Failure::settings("settings `urls` and `sitemaps`: both are empty: name at least one page or sitemap"));
    }
    Ok(feeds)
}

pub(crate) fn poll(settings: &Settings, request: &Poll) -> Result<Batch, Failure> {
    match request.feed.read_params()? {
        Params::Page { url, named } => page::poll(settings, request, &url, named),
        Params::Sitemap { url, level } => sitemap::poll(settings, request, &url, level),
    }
}

/// Host and port of an address: what one page may lead to.
fn authority(url: &str) -> &str {
    url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default()
}
