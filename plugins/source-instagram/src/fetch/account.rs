//! Walks the posts of another professional account. The cursor stands inside the fields asked for, and there is no `next`.

use vigie_plugin::graph::{self, Step, Walk};
use vigie_plugin::{Batch, Failure, Instant, Poll};

use super::{MOST, ask};
use crate::parse::{Discovered, HASHTAG_FIELDS};
use crate::{Settings, normalize};

pub(super) fn poll(settings: &Settings, request: &Poll, name: &str) -> Result<Batch, Failure> {
    let walk: Walk = request.position()?.unwrap_or_default();
    let limit = request.limit.clamp(1, MOST);
    let after = walk.step().and_then(Step::cursor).map(|cursor| format!(".after({cursor})")).unwrap_or_default();
    let fields = format!(
        "business_discovery.username({name}){{id,username,name,biography,website,followers_count,media_count,media.limit({limit}){after}{{{HASHTAG_FIELDS}}}}}"
    );
    let answer = ask(settings, settings.user()?).query("fields", fields).send()?;
    graph::check(&answer)?;
    let Some(mut account) = answer.json::<Discovered>()?.business_discovery else {
        return Err(answer.unexpected("has no `business_discovery`"));
    };
    // It is the account that was asked for, whether the answer repeats its name or not.
    account.username.get_or_insert_with(|| name.to_owned());
    let Some(page) = &account.media else {
        // An account without a single post has no list of them.
        return Ok(walk.turn(request, Batch::new(), &[], &[], None));
    };
    let mentions = page.data.iter().filter_map(|media| normalize::media(media, Some(&account)));
    let batch = Batch::new().upserts(mentions.filter(|mention| !walk.is_past(mention, request)));
    let ids: Vec<&str> = page.data.iter().filter_map(|media| media.id.as_deref()).collect();
    let instants: Vec<Option<Instant>> = page.data.iter().map(|media| normalize::instant(media.timestamp.as_deref())).collect();
    let after = page.paging.as_ref().and_then(graph::Paging::after);
    if let Some(odd) = after.filter(|after| !after.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=+/.".contains(&byte)))
    {
        return Err(
            answer.unexpected(&format!("names a cursor that cannot be asked for: {}", odd.chars().take(40).collect::<String>()))
        );
    }
    Ok(walk.turn(request, batch, &ids, &instants, after.map(Step::after)))
}
