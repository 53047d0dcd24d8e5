//! Requests, with the fields everything is asked for with: X gives next to nothing by itself.

use vigie_plugin::http::{self, Request};

use crate::{Naming, Settings};

const USER_FIELDS: &str = "username,name,public_metrics,verified,verified_type,location,description";
const MEDIA_FIELDS: &str = "media_key,type,url,preview_image_url,alt_text,variants";
const PLACE_FIELDS: &str = "full_name,country_code";

/// A request for posts at `path`.
pub(super) fn posts(settings: &Settings, path: &str) -> Request {
    let (names, fields) = match settings.naming {
        Naming::Tweet => (
            "tweet.fields",
            "id,text,note_tweet,article,created_at,author_id,lang,conversation_id,referenced_tweets,entities,attachments,geo,\
             public_metrics,edit_history_tweet_ids,possibly_sensitive,withheld,community_id",
        ),
        Naming::Post => (
            "post.fields",
            "id,text,note_post,article,created_at,author_id,lang,conversation_id,referenced_posts,entities,attachments,geo,\
             public_metrics,edit_history_post_ids,possibly_sensitive,withheld,community_id",
        ),
    };
    let referenced = match settings.naming {
        Naming::Tweet => "referenced_tweets.id",
        Naming::Post => "referenced_posts",
    };
    let expansions = if settings.authors { "author_id," } else { "" };
    let request = plain(settings, path)
        .query(names, fields)
        .query("expansions", format!("{expansions}{referenced},attachments.media_keys,geo.place_id"))
        .query("media.fields", MEDIA_FIELDS)
        .query("place.fields", PLACE_FIELDS);
    if settings.authors { request.query("user.fields", USER_FIELDS) } else { request }
}

/// A request without fields.
pub(super) fn plain(settings: &Settings, path: &str) -> Request {
    http::get(format!("{}{path}", settings.origin)).bearer("bearer-token")
}
