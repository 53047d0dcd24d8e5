//! What every source plugin promises, asked of each; see `vigie_tests::compliance`.

use std::collections::BTreeSet;

use vigie_tests::compliance::check;

macro_rules! subjects {
    ($($test:ident $plugin:literal,)*) => {
        const SUBJECTS: &[&str] = &[$($plugin),*];
        $(#[test]
        fn $test() {
            let complaints = check($plugin).expect("the plugin can be tried");
            assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
        })*
    };
}

subjects! {
    appstore "appstore",
    bluesky "bluesky",
    discourse "discourse",
    facebook "facebook",
    feed "feed",
    flarum "flarum",
    flickr "flickr",
    gdelt "gdelt",
    google_business "google-business",
    googleplay "googleplay",
    hackernews "hackernews",
    instagram "instagram",
    lemmy "lemmy",
    mastodon "mastodon",
    misago "misago",
    nodebb "nodebb",
    phpbb "phpbb",
    reddit "reddit",
    reviews_web "reviews-web",
    stackexchange "stackexchange",
    trustpilot "trustpilot",
    vbulletin "vbulletin",
    wordpress "wordpress",
    x "x",
    xenforo "xenforo",
    youtube "youtube",
}

/// A source plugin nobody asks anything of would be one nobody can trust.
#[test]
fn every_source_plugin_is_a_subject() {
    let plugins = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../plugins")).expect("the folder of plugins");
    let names = plugins.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let sources: BTreeSet<String> = names.filter_map(|name| Some(name.strip_prefix("source-")?.to_owned())).collect();
    assert_eq!(sources, SUBJECTS.iter().map(|name| (*name).to_owned()).collect());
}
