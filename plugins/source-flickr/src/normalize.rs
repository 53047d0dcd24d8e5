//! Photos and comments as mentions, field by field. Pure.

use vigie_plugin::{Author, Media, MediaKind, Mention, MentionKind, Moment, Value, http, time};

use crate::parse::{Comment, Photo};

/// Flickr began in February 2004; what claims to be older holds no date but something else, such as a year.
const FIRST_SECOND: i64 = 1_075_593_600;

/// When a photo was uploaded.
#[must_use]
pub fn uploaded(photo: &Photo) -> Option<Moment> {
    moment(photo.dateupload)
}

fn moment(seconds: Option<i64>) -> Option<Moment> {
    time::unix_seconds(seconds.filter(|seconds| *seconds >= FIRST_SECOND)?).ok()
}

/// A photo or film; `None` without a number, or where not everybody may see it.
#[must_use]
pub fn photo(photo: &Photo) -> Option<Mention> {
    let id = photo.id.as_deref()?;
    if photo.ispublic == Some(false) {
        return None;
    }
    let film = photo.media.as_deref() == Some("video");
    let place = photo.pathalias.as_deref().or(photo.owner.as_deref());
    let picture = [&photo.url_l, &photo.url_c, &photo.url_z, &photo.url_m].into_iter().flatten().next();
    let mut mention = Mention::new(id, if film { MentionKind::Video } else { MentionKind::Photo })
        .url(place.map(|place| format!("https://www.flickr.com/photos/{}/{}/", path(place), path(id))))
        .title(photo.title.as_ref())
        .html(photo.description.clone().unwrap_or_default())
        .author(photo.owner.as_deref().map(|owner| person(owner, photo.pathalias.as_deref()).name(photo.ownername.as_ref())))
        .published(uploaded(photo))
        .thread(id)
        .likes(photo.count_faves.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
        .comments(photo.count_comments)
        .views(photo.views)
        .media(picture.and_then(|url| http::web("https://www.flickr.com/", url)).map(|url| Media::new(MediaKind::Image, url)));
    let updated = moment(photo.lastupdate).map(|moment| time::to_rfc3339(moment.at));
    let texts = [
        ("tags", photo.tags.clone()),
        ("license", photo.license.clone()),
        ("taken", photo.datetaken.clone()),
        ("last-update", updated),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            mention = mention.attribute(key, Value::Text(text));
        }
    }
    // Without a place both are 0, which is a place in the sea.
    if let (Some(latitude), Some(longitude)) = (photo.latitude, photo.longitude)
        && (latitude != 0.0 || longitude != 0.0)
    {
        mention = mention.attribute("latitude", Value::Number(latitude)).attribute("longitude", Value::Number(longitude));
    }
    Some(mention)
}

/// A comment; `None` without a number.
#[must_use]
pub fn comment(comment: &Comment, photo: &str) -> Option<Mention> {
    let author = comment.author.as_deref().filter(|_| comment.author_is_deleted != Some(true));
    let author = author.map(|author| {
        person(author, comment.path_alias.as_deref()).name(comment.realname.as_ref().or(comment.authorname.as_ref()))
    });
    let url = comment.permalink.as_deref().and_then(|url| http::web("https://www.flickr.com/", url));
    Some(
        Mention::new(comment.id.as_deref()?, MentionKind::Comment)
            .url(url.map(|url| url.replacen("http://", "https://", 1)))
            .html(comment.content.clone().unwrap_or_default())
            .author(author)
            .published(moment(comment.datecreate))
            .parent(photo)
            .thread(photo),
    )
}

fn person(id: &str, alias: Option<&str>) -> Author {
    Author::new(id).handle(alias).url(format!("https://www.flickr.com/people/{}/", path(alias.unwrap_or(id))))
}

/// As Flickr writes its addresses: the `@` of a number stays.
fn path(text: &str) -> String {
    http::escape(text).replace("%40", "@")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_no_date_and_the_sea_no_place() {
        let odd =
            Photo { id: Some("1".into()), dateupload: Some(2013), latitude: Some(0.0), longitude: Some(0.0), ..Photo::default() };
        let mention = photo(&odd).expect("a photo");
        assert_eq!((mention.published, mention.url, mention.author), (None, None, None));
        assert!(mention.attributes.is_empty());
        assert!(photo(&Photo { ispublic: Some(false), ..odd }).is_none());
    }
}
