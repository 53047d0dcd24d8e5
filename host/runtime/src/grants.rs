//! Who may ask what of whom: the manifest's asks joined with the operator's grants.
//!
//! A request goes out only if the manifest asks for its origin and method *and* the operator granted them. Bundled plugins come with
//! the grants their manifest asks for; what the operator's own settings name is granted by being named there; everything else an
//! installed plugin asks for needs a line in the config. Host policy (addresses, robots.txt) is judged later, by
//! [`Egress`](crate::Egress).

use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use url::Url;

use crate::http::HttpError;
use crate::manifest::{HostRequest, Making, Manifest, Place};
use crate::origin::{InvalidOrigin, Origin, OriginPattern};
use crate::schema::with_defaults;

pub(crate) const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Origins and what may be done there.
///
/// # Shape
/// Written as `GET https://api.example.com` or `GET,POST https://*.example.com`; without methods `GET` and `HEAD` are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where.
    pub origin: OriginPattern,
    /// What, in upper case.
    pub methods: Vec<String>,
}

impl Grant {
    fn covers(&self, origin: &Origin, method: &str) -> bool {
        self.origin.covers(origin) && self.methods.iter().any(|known| known == method)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.methods.join(","), self.origin)
    }
}

impl FromStr for Grant {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let (methods, origin) = match text.trim().split_once(char::is_whitespace) {
            Some((methods, origin)) => (methods.split(',').map(str::to_owned).collect(), origin.trim()),
            None => (vec!["GET".to_owned(), "HEAD".to_owned()], text.trim()),
        };
        if methods.iter().any(|method| !METHODS.contains(&method.as_str())) {
            return Err(InvalidOrigin {
                text: text.to_owned(),
                wanted: "a grant such as `GET,POST https://api.example.com`",
                cause: "it begins with what is no method",
            });
        }
        Ok(Self { origin: origin.parse()?, methods })
    }
}

/// Where a plugin comes from, which decides what the operator has to grant by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Part of this program: comes with the grants its manifest asks for.
    Bundled,
    /// Brought by the operator, with the lines of `[plugins.ID.grant]`.
    Installed {
        /// Its `hosts`.
        granted: Vec<Grant>,
    },
}

/// Everything a plugin's use may reach.
#[derive(Debug, Clone)]
pub struct Grants {
    /// What the operator granted.
    pub hosts: Vec<Grant>,
    plugin: String,
    asked: Vec<Grant>,
    settings: Vec<SettingAsk>,
}

/// A setting that grants what it names.
#[derive(Debug, Clone)]
struct SettingAsk {
    name: String,
    list: bool,
    methods: Vec<String>,
}

impl Grants {
    /// Joins what `manifest` asks with what the operator's `settings` name and with the plugin's `standing`.
    ///
    /// `settings` are the operator's own, without the manifest's defaults: an installed plugin may not grant itself an origin by
    /// making it the default.
    #[must_use]
    pub fn judge(manifest: &Manifest, settings: &Value, standing: &Standing) -> Self {
        let mut grants = Self::none(&manifest.id);
        let full = with_defaults(&manifest.settings, settings);
        for HostRequest { place, methods } in &manifest.hosts {
            if let Place::Setting(name) = place {
                let list = full.get(name).is_some_and(Value::is_array);
                grants.settings.push(SettingAsk { name: name.clone(), list, methods: methods.clone() });
                grants.name(named(settings, name), named(&full, name), methods);
            } else {
                grants
                    .asked
                    .extend(origins(place, settings).into_iter().map(|origin| Grant { origin, methods: methods.clone() }));
            }
        }
        // The host itself makes these requests; they are asked for by being declared.
        for derived in &manifest.derived {
            let Making::Exchange(exchange) = &derived.making else { continue };
            let methods = vec![exchange.method.clone()];
            if let Some(setting) = &exchange.url_setting {
                grants.name(named(settings, setting), named(&full, setting), &methods);
            } else if let Some(origin) = Url::parse(&exchange.url).ok().and_then(|url| Origin::of(&url)) {
                grants.asked.push(Grant { origin: origin.into(), methods });
            }
        }
        match standing {
            Standing::Bundled => grants.hosts.clone_from(&grants.asked),
            Standing::Installed { granted } => grants.hosts.extend(granted.iter().cloned()),
        }
        grants
    }

    /// Grants what the operator named, and asks for what is named at all.
    fn name(&mut self, by_operator: Vec<OriginPattern>, at_all: Vec<OriginPattern>, methods: &[String]) {
        // Who names a site in the clear means the site: its secure form is the same one.
        let grants = |origins: Vec<OriginPattern>| {
            let both = origins.into_iter().flat_map(|origin| origin.upgraded().into_iter().chain([origin]));
            both.map(|origin| Grant { origin, methods: methods.to_vec() }).collect::<Vec<_>>()
        };
        self.hosts.extend(grants(by_operator));
        self.asked.extend(grants(at_all));
    }

    /// Nothing at all for `plugin`.
    #[must_use]
    pub fn none(plugin: &str) -> Self {
        Self { hosts: Vec::new(), plugin: plugin.to_owned(), asked: Vec::new(), settings: Vec::new() }
    }

    /// Exactly `hosts`, as if asked for and granted; for tests and tools.
    #[must_use]
    pub fn exactly(plugin: &str, hosts: Vec<Grant>) -> Self {
        Self { asked: hosts.clone(), hosts, ..Self::none(plugin) }
    }

    /// The lines of config that would grant what is asked for and not granted, one a request of the manifest.
    #[must_use]
    pub fn missing(&self) -> Vec<Grant> {
        let granted = |asked: &Grant| {
            asked
                .methods
                .iter()
                .all(|method| self.hosts.iter().any(|grant| grant.origin == asked.origin && grant.methods.contains(method)))
        };
        self.asked.iter().filter(|asked| !granted(asked)).cloned().collect()
    }

    /// Whether all that is asked for lies at one origin, in the clear or over TLS.
    #[must_use]
    pub fn one_origin(&self) -> bool {
        let mut places = self.asked.iter().map(|grant| grant.origin.upgraded().unwrap_or_else(|| grant.origin.clone()));
        places.next().is_some_and(|first| first.is_one() && places.all(|place| place == first))
    }

    /// Whether `method` may go to `origin`.
    ///
    /// # Errors
    /// [`HttpErrorClass::Denied`](crate::HttpErrorClass::Denied), naming the rule and the line that would allow it.
    pub fn check(&self, origin: &Origin, method: &str) -> Result<(), HttpError> {
        let asked = self.asked.iter().any(|grant| grant.covers(origin, method));
        let granted = self.hosts.iter().any(|grant| grant.covers(origin, method));
        if asked && granted {
            return Ok(());
        }
        let plugin = &self.plugin;
        let refused = format!("plugin `{plugin}` may not {method} {origin}");
        if asked {
            return Err(HttpError::denied(format!(
                "{refused}: its manifest asks for it and the operator has not granted it; \
                 to allow it, add to the config: [plugins.{plugin}.grant] hosts = [\"{method} {origin}\"]"
            )));
        }
        if let Some(setting) = self.settings.iter().find(|setting| setting.methods.iter().any(|known| known == method)) {
            let SettingAsk { name, list, .. } = setting;
            let line = if *list { format!("{name} = [\"{origin}\"]") } else { format!("{name} = \"{origin}\"") };
            return Err(HttpError::denied(format!(
                "{refused}: the connector's setting `{name}` does not name it; to allow it, add to the connector's settings: {line}"
            )));
        }
        let known: Vec<_> =
            self.asked.iter().filter(|grant| grant.origin.covers(origin)).map(|grant| grant.methods.join(", ")).collect();
        let rule = if known.is_empty() {
            "its manifest does not ask for this origin".to_owned()
        } else {
            format!("its manifest asks for {} there", known.join(", "))
        };
        Err(HttpError::denied(format!(
            "{refused}: {rule}; no grant can widen that, its author would have to add to plugin.toml: \
             [[hosts]] origin = \"{origin}\" methods = [\"{method}\"]"
        )))
    }
}

/// The origins a place of the manifest means under an operator's settings. What is no address is left out: the settings' schema
/// reports it.
pub(crate) fn origins(place: &Place, settings: &Value) -> Vec<OriginPattern> {
    match place {
        Place::Origin(text) => text.parse().into_iter().collect(),
        Place::Setting(name) => named(settings, name),
    }
}

/// The origins the setting `name` holds: one address or a list of them.
pub(crate) fn named(settings: &Value, name: &str) -> Vec<OriginPattern> {
    let one = |text: &str| {
        let text = text.trim();
        // An address without a scheme is meant over TLS.
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        Origin::of(&url.ok()?).map(OriginPattern::from)
    };
    match settings.get(name) {
        Some(Value::String(text)) => one(text).into_iter().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).filter_map(one).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(tail: &str) -> Manifest {
        let head = "id = \"acme\"\nname = \"Acme\"\ndescription = \"d\"\nversion = \"1.0.0\"\nkind = \"source\"\nlicence = \"MIT\"\n\
                    contract = \"0.1\"\nidentity = \"global\"\n";
        Manifest::read(&format!("{head}{tail}")).expect("a manifest")
    }

    const FIXED: &str = "[[hosts]]\norigin = \"https://api.example.com\"\nmethods = [\"GET\"]\n\
                         [[hosts]]\norigin = \"https://*.img.example.com\"\nmethods = [\"GET\", \"POST\"]\n";
    const NAMED: &str = "[settings]\ntype = \"object\"\n[settings.properties.urls]\ntype = \"array\"\n\
                         [[hosts]]\nsetting = \"urls\"\nmethods = [\"GET\"]\n";

    fn check(grants: &Grants, method: &str, origin: &str) -> Result<(), String> {
        grants.check(&origin.parse().expect("an origin"), method).map_err(|error| error.message)
    }

    #[test]
    fn bundled_plugins_may_what_their_manifest_asks_and_no_more() {
        let grants = Grants::judge(&manifest(FIXED), &json!({}), &Standing::Bundled);
        assert_eq!(check(&grants, "GET", "https://api.example.com"), Ok(()));
        assert_eq!(check(&grants, "POST", "https://a.img.example.com"), Ok(()));
        assert_eq!(
            check(&grants, "POST", "https://api.example.com").expect_err("a method not asked for"),
            "plugin `acme` may not POST https://api.example.com: its manifest asks for GET there; no grant can widen that, its author \
             would have to add to plugin.toml: [[hosts]] origin = \"https://api.example.com\" methods = [\"POST\"]"
        );
        assert_eq!(
            check(&grants, "GET", "http://api.example.com").expect_err("another scheme"),
            "plugin `acme` may not GET http://api.example.com: its manifest does not ask for this origin; no grant can widen that, its \
             author would have to add to plugin.toml: [[hosts]] origin = \"http://api.example.com\" methods = [\"GET\"]"
        );
    }

    #[test]
    fn installed_plugins_need_the_operators_word_too() {
        let standing =
            |lines: &[&str]| Standing::Installed { granted: lines.iter().map(|line| line.parse().expect("a grant")).collect() };
        let none = Grants::judge(&manifest(FIXED), &json!({}), &standing(&[]));
        assert_eq!(
            check(&none, "GET", "https://api.example.com").expect_err("not granted"),
            "plugin `acme` may not GET https://api.example.com: its manifest asks for it and the operator has not granted it; to allow \
             it, add to the config: [plugins.acme.grant] hosts = [\"GET https://api.example.com\"]"
        );
        assert_eq!(
            none.missing().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["GET https://api.example.com", "GET,POST https://*.img.example.com"]
        );

        // The line of the message is what helps, and a grant never widens the manifest.
        let some =
            Grants::judge(&manifest(FIXED), &json!({}), &standing(&["GET https://api.example.com", "GET https://evil.example"]));
        assert_eq!(check(&some, "GET", "https://api.example.com"), Ok(()));
        assert!(check(&some, "GET", "https://evil.example").is_err());
        assert!(check(&some, "GET", "https://a.img.example.com").is_err());
        assert_eq!(some.missing().len(), 1);
    }

    #[test]
    fn what_settings_name_is_granted() {
        let settings = json!({"urls": ["http://blog.example/feed", "https://news.example:8443/x"]});
        let grants = Grants::judge(&manifest(NAMED), &settings, &Standing::Installed { granted: vec![] });
        for origin in ["http://blog.example", "https://blog.example", "https://news.example:8443"] {
            assert_eq!(check(&grants, "GET", origin), Ok(()), "{origin}");
        }
        assert_eq!(
            check(&grants, "GET", "https://www.blog.example").expect_err("not named"),
            "plugin `acme` may not GET https://www.blog.example: the connector's setting `urls` does not name it; to allow it, add to the \
             connector's settings: urls = [\"https://www.blog.example\"]"
        );
    }

    #[test]
    fn one_origin_is_one_place_however_it_is_spoken_to() {
        let one_origin = |text: &str, settings| Grants::judge(&manifest(text), &settings, &Standing::Bundled).one_origin();
        assert!(one_origin(NAMED, json!({"urls": ["http://blog.example/feed", "https://blog.example/comments"]})));
        assert!(!one_origin(NAMED, json!({"urls": ["http://blog.example/feed", "https://news.example/x"]})));
        assert!(!one_origin(NAMED, json!({"urls": []})));
        assert!(!one_origin(FIXED, json!({})));
        let below = "[[hosts]]\norigin = \"https://*.example.com\"\nmethods = [\"GET\"]\n";
        assert!(!one_origin(below, json!({})), "these are as many as there are names");
    }

    #[test]
    fn a_default_is_not_the_operators_word() {
        let text = NAMED.replace("type = \"array\"", "type = \"array\"\ndefault = [\"https://home.example\"]");
        let installed = Standing::Installed { granted: vec![] };
        let message = check(&Grants::judge(&manifest(&text), &json!({}), &installed), "GET", "https://home.example");
        assert!(message.expect_err("not granted").contains("[plugins.acme.grant] hosts = [\"GET https://home.example\"]"));
        assert_eq!(
            check(&Grants::judge(&manifest(&text), &json!({}), &Standing::Bundled), "GET", "https://home.example"),
            Ok(())
        );
    }

    #[test]
    fn grants_are_read_as_they_are_shown() {
        for text in ["GET https://a.example", "GET,POST https://*.a.example:8443"] {
            assert_eq!(text.parse::<Grant>().expect("a grant").to_string(), text);
        }
        assert_eq!("https://a.example".parse::<Grant>().expect("a grant").to_string(), "GET,HEAD https://a.example");
        for text in ["get https://a.example", "GET a.example", "GET", "GET https://*a.example"] {
            assert!(text.parse::<Grant>().is_err(), "{text}");
        }
    }
}
