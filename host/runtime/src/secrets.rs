//! Credentials: where they come from, where they may go, and how they are kept out of everything else.
//!
//! A plugin writes `{{secret:name}}`; the value is put in after the request was judged ([`fill`]), only for the origins the secret is
//! bound to, and taken out again of everything that comes back ([`redact`]).

pub(crate) mod fill;
pub(crate) mod redact;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::derived::Derived;
use crate::grants::named;
use crate::manifest::Manifest;
use crate::origin::{HostPattern, Origin, OriginPattern};
use crate::schema::with_defaults;
use redact::Redactor;

/// Longest file a credential is read from.
const MAX_SECRET_BYTES: u64 = 64 << 10;

/// Where the operator keeps a credential.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In this environment variable.
    Env(String),
    /// In this file; white space around it is not part of it.
    File(PathBuf),
    /// Right here. For tests: a credential does not belong into a config.
    Literal(String),
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(variable) => write!(f, "Env({variable:?})"),
            Self::File(path) => write!(f, "File({path:?})"),
            Self::Literal(_) => f.write_str("Literal(…)"),
        }
    }
}

/// A credential that cannot be used as configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what the case is")]
pub enum SecretError {
    #[error(
        "secret `{name}` is needed and not configured ({description}); add to the connector's secrets: {name} = {{ env = \"NAME\" }}"
    )]
    Missing { name: String, description: String },
    #[error("secret `{name}` is not one this plugin asks for; it asks for {}", list(known))]
    Unknown { name: String, known: Vec<String> },
    #[error("secret `{name}`: the environment variable `{variable}` is {fault}")]
    Variable { name: String, variable: String, fault: &'static str },
    #[error("secret `{name}`: failed to read {}: {cause}", path.display())]
    File { name: String, path: PathBuf, cause: String },
    #[error("derived secret `{name}` {cause}; this is a mistake in the plugin's manifest")]
    Derived { name: String, cause: String },
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ") }
}

/// The origins a secret may be sent to.
#[derive(Debug, Clone)]
pub(crate) struct Binding(Vec<OriginPattern>);

impl Binding {
    fn new(hosts: &[String], setting: Option<&str>, settings: &Value) -> Self {
        let written = hosts.iter().filter_map(|host| host.parse::<HostPattern>().ok()).map(OriginPattern::https);
        let set = setting.map(|name| named(settings, name)).unwrap_or_default();
        // A forum named in the clear may be the same forum over TLS; never the other way round.
        let upgraded: Vec<_> = set.iter().filter_map(OriginPattern::upgraded).collect();
        Self(written.chain(set).chain(upgraded).collect())
    }

    pub(crate) fn covers(&self, origin: &Origin) -> bool {
        self.0.iter().any(|pattern| pattern.covers(origin))
    }

    pub(crate) fn shown(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

/// One secret as it is used.
pub(crate) enum Known {
    /// Kept by the operator; `None` if optional and not configured.
    Plain(Option<String>),
    /// Made by the host.
    Derived(Box<Derived>),
}

/// The secrets of one use of a plugin. Nothing of it can be shown.
pub struct Secrets {
    known: BTreeMap<String, (Binding, Known)>,
    pub(crate) redactor: Redactor,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.known.keys().collect::<Vec<_>>()).finish()
    }
}

impl Secrets {
    /// No secrets at all.
    #[must_use]
    pub fn none() -> Self {
        Self { known: BTreeMap::new(), redactor: Redactor::default() }
    }

    /// Reads every configured secret, once, and checks that what the manifest needs is there.
    ///
    /// # Errors
    /// The first [`SecretError`]; it names the secret and never holds a value.
    pub fn resolve(manifest: &Manifest, settings: &Value, sources: &BTreeMap<String, SecretSource>) -> Result<Self, SecretError> {
        if let Some(name) = sources.keys().find(|name| manifest.secrets.iter().all(|asked| asked.name != **name)) {
            let known = manifest.secrets.iter().map(|asked| asked.name.clone()).collect();
            return Err(SecretError::Unknown { name: name.clone(), known });
        }
        Self::with(manifest, settings, |name| sources.get(name).map(|source| read(name, source)).transpose(), true)
    }

    /// The manifest's secrets without any values, for a replay: nothing leaves, so nothing is needed.
    ///
    /// # Errors
    /// Only for a derived secret that makes no sense.
    pub fn pretended(manifest: &Manifest, settings: &Value) -> Result<Self, SecretError> {
        Self::with(manifest, settings, |_| Ok(None), false)
    }

    fn with(
        manifest: &Manifest,
        settings: &Value,
        value: impl Fn(&str) -> Result<Option<String>, SecretError>,
        strict: bool,
    ) -> Result<Self, SecretError> {
        let settings = &with_defaults(&manifest.settings, settings);
        let redactor = Redactor::default();
        let mut known = BTreeMap::new();
        for asked in &manifest.secrets {
            let value = value(&asked.name)?;
            if strict && asked.required && value.is_none() {
                return Err(SecretError::Missing { name: asked.name.clone(), description: asked.description.clone() });
            }
            if let Some(value) = &value {
                redactor.learn(&asked.name, value);
            }
            let binding = Binding::new(&asked.hosts, asked.setting.as_deref(), settings);
            known.insert(asked.name.clone(), (binding, Known::Plain(value)));
        }
        for asked in &manifest.derived {
            let binding = Binding::new(&asked.hosts, asked.setting.as_deref(), settings);
            let derived =
                Derived::new(asked, settings).map_err(|cause| SecretError::Derived { name: asked.name.clone(), cause })?;
            known.insert(asked.name.clone(), (binding, Known::Derived(Box::new(derived))));
        }
        let secrets = Self { known, redactor };
        secrets.check_circles()?;
        Ok(secrets)
    }

    /// Every derived secret must rest on plain ones in the end, or filling one would never end.
    fn check_circles(&self) -> Result<(), SecretError> {
        for (name, (_, known)) in &self.known {
            let Known::Derived(derived) = known else { continue };
            let mut open: Vec<&str> = derived.needs();
            for _ in 0..=self.known.len() {
                let mut next = Vec::new();
                for needed in open {
                    let cause = match self.known.get(needed) {
                        None => Some(format!("rests on `{needed}`, which is not declared")),
                        Some(_) if needed == name => Some("rests on itself".to_owned()),
                        Some((_, Known::Derived(inner))) => {
                            next.extend(inner.needs());
                            None
                        }
                        Some((_, Known::Plain(_))) => None,
                    };
                    if let Some(cause) = cause {
                        return Err(SecretError::Derived { name: name.clone(), cause });
                    }
                }
                next.sort_unstable();
                next.dedup();
                open = next;
            }
            if !open.is_empty() {
                return Err(SecretError::Derived { name: name.clone(), cause: "rests on others in a circle".to_owned() });
            }
        }
        Ok(())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&(Binding, Known)> {
        self.known.get(name)
    }

    pub(crate) fn names(&self) -> String {
        list(&self.known.keys().cloned().collect::<Vec<_>>())
    }

    pub(crate) fn derived(&self) -> impl Iterator<Item = (&str, &Derived)> {
        self.known.iter().filter_map(|(name, (_, known))| match known {
            Known::Derived(derived) => Some((name.as_str(), &**derived)),
            Known::Plain(_) => None,
        })
    }
}

/// The secret alone in a file, without the white space around it.
///
/// # Errors
/// Why there is none, for a person, without a word of what is in the file.
pub fn read_secret_file(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_SECRET_BYTES + 1).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    match text.trim() {
        "" => Err("it is empty".to_owned()),
        _ if text.len() as u64 > MAX_SECRET_BYTES => {
            Err(format!("it is longer than {MAX_SECRET_BYTES} bytes, so it is no secret"))
        }
        secret => Ok(secret.to_owned()),
    }
}

fn read(name: &str, source: &SecretSource) -> Result<String, SecretError> {
    let name = name.to_owned();
    match source {
        SecretSource::Env(variable) => {
            let fault = |fault| SecretError::Variable { name: name.clone(), variable: variable.clone(), fault };
            match std::env::var(variable) {
                Ok(value) if value.trim().is_empty() => Err(fault("empty")),
                Ok(value) => Ok(value.trim().to_owned()),
                Err(std::env::VarError::NotPresent) => Err(fault("not set")),
                Err(std::env::VarError::NotUnicode(_)) => Err(fault("not UTF-8")),
            }
        }
        SecretSource::File(path) => read_secret_file(path).map_err(|cause| SecretError::File { name, path: path.clone(), cause }),
        SecretSource::Literal(value) => Ok(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_one_secret_or_says_why_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        assert!(read_secret_file(&path).is_err_and(|cause| cause.contains("No such file")));
        assert!(read_secret_file(folder.path()).is_err_and(|cause| cause.contains("directory")));
        std::fs::write(&path, "hunter2\n").expect("written");
        assert_eq!(read_secret_file(&path), Ok("hunter2".to_owned()));
        for (content, word) in
            [(b" \n".to_vec(), "it is empty"), (vec![b'x'; 70_000], "longer than 65536 bytes"), (vec![0xff, 0xfe], "UTF-8")]
        {
            std::fs::write(&path, content).expect("written");
            assert!(read_secret_file(&path).is_err_and(|cause| cause.contains(word)), "{word}");
        }
    }
}
