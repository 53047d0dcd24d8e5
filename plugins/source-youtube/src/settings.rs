//! The plugin's settings.

use serde::Deserialize;
use vigie_plugin::{Failure, settings};

/// The plugin's settings; see `plugin.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether videos are searched for.
    pub search: bool,
    /// Ids of channels whose videos are read.
    pub channels: Vec<String>,
    /// Ids or addresses of videos to read.
    pub videos: Vec<String>,
    /// Whether the comments below videos are read.
    pub comments: bool,
    /// How long after its publication the comments of a video are read again.
    pub comments_for: String,
    /// Country in which videos can be seen.
    pub region: Option<String>,
    /// Language the search prefers.
    pub language: Option<String>,
    /// How many searches the project may make in a day.
    pub searches_per_day: u32,
    /// Whether channels are read for their subscribers.
    pub followers: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            search: true,
            channels: Vec::new(),
            videos: Vec::new(),
            comments: true,
            comments_for: "14d".to_owned(),
            region: None,
            language: None,
            searches_per_day: 100,
            followers: true,
        }
    }
}

impl Settings {
    /// [`comments_for`](Self::comments_for) in milliseconds.
    ///
    /// # Errors
    /// Class `settings` where it is no span of time.
    pub fn comments_for_ms(&self) -> Result<i64, Failure> {
        settings::span_ms("comments_for", &self.comments_for)
    }

    /// The channels' ids, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no id of a channel.
    pub fn channel_ids(&self) -> Result<Vec<String>, Failure> {
        let id = |text: &String| {
            let id = text.trim().rsplit('/').next().unwrap_or_default();
            (id.len() == 24 && id.starts_with("UC") && is_id(id)).then(|| id.to_owned()).ok_or_else(|| {
                Failure::settings(format!(
                    "setting `channels`: `{text}` is no id of a channel: it has 24 signs and begins with UC; the channel's page \
                     shows it under Share channel, Copy channel ID"
                ))
            })
        };
        once(self.channels.iter().map(id))
    }

    /// The videos' ids, each once.
    ///
    /// # Errors
    /// Class `settings` where one is no id or address of a video.
    pub fn video_ids(&self) -> Result<Vec<String>, Failure> {
        let id = |text: &String| {
            video_id(text.trim()).map(str::to_owned).ok_or_else(|| {
                Failure::settings(format!(
                    "setting `videos`: `{text}` is no video: write its id of 11 signs, or its address such as https://youtu.be/ID"
                ))
            })
        };
        once(self.videos.iter().map(id))
    }
}

fn once(ids: impl Iterator<Item = Result<String, Failure>>) -> Result<Vec<String>, Failure> {
    let mut all: Vec<String> = Vec::new();
    for id in ids {
        let id = id?;
        if !all.contains(&id) {
            all.push(id);
        }
    }
    Ok(all)
}

fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The id in `dQw4w9WgXcQ`, `https://youtu.be/…`, `…/watch?v=…`, `…/shorts/…`, `…/live/…` or `…/embed/…`.
fn video_id(text: &str) -> Option<&str> {
    let after = ["v=", "youtu.be/", "/shorts/", "/live/", "/embed/"].iter().find_map(|mark| text.split_once(mark));
    let id = after.map_or(text, |(_, rest)| rest).split(['&', '?', '#', '/']).next()?;
    (id.len() == 11 && is_id(id)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_named_by_id_or_address() {
        for text in [
            "dQw4w9WgXcQ",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s",
            "https://youtu.be/dQw4w9WgXcQ?si=x",
            "https://www.youtube.com/shorts/dQw4w9WgXcQ",
            "https://www.youtube.com/live/dQw4w9WgXcQ/",
        ] {
            assert_eq!(video_id(text), Some("dQw4w9WgXcQ"), "{text}");
        }
        for text in ["", "dQw4w9WgXc", "https://vimeo.example/12345678", "dQw4w9W XcQ"] {
            assert_eq!(video_id(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_ids_name_their_setting() {
        let channels = |id: &str| Settings { channels: vec![id.into()], ..Settings::default() }.channel_ids();
        assert_eq!(channels("https://www.youtube.com/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw").map(|ids| ids.len()), Ok(1));
        assert!(channels("@acme").expect_err("a handle").message.starts_with("setting `channels`: "));
        let videos = Settings { videos: vec!["x".into()], ..Settings::default() }.video_ids();
        assert!(videos.expect_err("no id").message.starts_with("setting `videos`: "));
    }
}
