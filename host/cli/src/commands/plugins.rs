//! `vigie plugins`: what is installed, what a plugin asks for, and what it may do.

mod pack;

use std::io::Write;
use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use vigie_runtime::{Grants, Identity, Kind, Manifest, Place};

use self::pack::Pack;
use crate::config::{self, Problem, Problems, Severity, suggest};
use crate::context::Context;
use crate::exit::Stop;
use crate::plugins::{Catalog, Entry, WHAT_IS_MISSING};
use crate::render::{Align, Paint, Table, number, width};

/// List, inspect and pack plugins, and say why a permission is missing
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  vigie plugins list
  vigie plugins inspect discourse
  vigie plugins inspect ./my-source.wasm --json
  vigie plugins why my-source
  vigie plugins pack component.wasm --manifest plugin.toml

Nothing of a plugin is run to answer.")]
pub(crate) struct Plugins {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show every installed plugin
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what one plugin says of itself: settings, hosts, secrets, what it reads and writes
    Inspect {
        /// A plugin by id, or the path of a .wasm file
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Say what one plugin may reach, what is missing, and the line of vigie.toml that would grant it
    Why {
        /// A plugin by id, or the path of a .wasm file
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a plugin of a component, in whatever language it was written, and its manifest
    Pack(Pack),
}

impl Plugins {
    /// Answers.
    pub(crate) fn run(&self, context: &Context) -> Result<(), Stop> {
        let installed = || Installed::read(context);
        match &self.what {
            What::List { json } => list(context, &installed()?, *json),
            What::Inspect { name, json } => inspect(context, &installed()?.find(name)?, *json),
            What::Why { name, json } => {
                let installed = installed()?;
                why(context, &installed, &installed.find(name)?, *json)
            }
            What::Pack(pack) => pack.run(context),
        }
    }
}

/// The plugins of the configuration, or the bundled ones where there is none.
struct Installed {
    catalog: Catalog,
    problems: Problems,
    /// Connector, source, settings.
    uses: Vec<(String, String, Value)>,
}

/// A plugin of the catalog, or one read from a file for this question.
enum Found<'a> {
    Installed(&'a Entry),
    File(Box<Entry>),
}

impl Found<'_> {
    fn entry(&self) -> &Entry {
        match self {
            Self::Installed(entry) => entry,
            Self::File(entry) => entry,
        }
    }
}

impl Installed {
    fn read(context: &Context) -> Result<Self, Stop> {
        if !context.config.exists() && context.config.as_os_str() == config::DEFAULT_FILE {
            let mut problems = Problems::new(config::DEFAULT_FILE, "");
            return Ok(Self { catalog: Catalog::bundled(&mut problems), problems, uses: Vec::new() });
        }
        let reading = config::read(&context.config, &|name| std::env::var(name).ok()).map_err(Stop::usage)?;
        let uses = reading.config.connectors.iter();
        let uses = uses.map(|one| (one.id.to_string(), one.source.clone(), one.settings.clone())).collect();
        let mut problems = reading.problems;
        // Other mistakes of the file are `vigie check`'s.
        problems.list.retain(|problem| problem.code.starts_with("plugins::") && problem.severity == Severity::Error);
        Ok(Self { catalog: reading.catalog, problems, uses })
    }

    fn find(&self, name: &str) -> Result<Found<'_>, Stop> {
        if name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "wasm") {
            return Ok(Found::File(Box::new(Catalog::read_file(Path::new(name)).map_err(Stop::usage_message)?)));
        }
        self.catalog.get(name).map(Found::Installed).ok_or_else(|| {
            let known: Vec<&str> = self.catalog.entries().map(|(id, _)| id).collect();
            let help = if known.is_empty() { WHAT_IS_MISSING.to_owned() } else { suggest(name, "Installed plugins", known) };
            let faulty: Vec<&Problem> = self.problems.list.iter().filter(|problem| problem.message.contains(name)).collect();
            let fault = faulty.first().map(|problem| format!(" ({})", problem.message)).unwrap_or_default();
            Stop::usage_message(format!("plugin `{name}` is not installed{fault}; {help}"))
        })
    }
}

fn list(context: &Context, installed: &Installed, as_json: bool) -> Result<(), Stop> {
    let mut out = context.out();
    if as_json {
        let all: Vec<Value> = installed
            .catalog
            .entries()
            .map(|(id, entry)| {
                let Manifest { kind, version, description, .. } = entry.package.manifest();
                json!({
                    "id": id, "kind": kind.name(), "version": version, "origin": entry.origin.to_string(),
                    "description": description, "bytes": entry.package.size(), "sha256": entry.package.digest(),
                })
            })
            .collect();
        let faults: Vec<&str> = installed.problems.list.iter().map(|problem| problem.message.as_str()).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&json!({ "plugins": all, "unusable": faults }))?)?;
        return Ok(out.flush()?);
    }
    context.show_problems(&installed.problems)?;
    let paint = Paint { on: context.colour() };
    let mut table = Table::new(&[
        ("plugin", Align::Left),
        ("kind", Align::Left),
        ("version", Align::Left),
        ("size", Align::Right),
        ("from", Align::Left),
        ("what it does", Align::Left),
    ]);
    for (id, entry) in installed.catalog.entries() {
        let Manifest { kind, version, description, .. } = entry.package.manifest();
        let size = number::bytes(u64::try_from(entry.package.size()).unwrap_or(u64::MAX));
        table.row(vec![
            id.to_owned(),
            kind.name().to_owned(),
            version.clone(),
            size,
            entry.origin.to_string(),
            description.clone(),
        ]);
    }
    if table.is_empty() {
        writeln!(out, "{WHAT_IS_MISSING}")?;
    } else {
        write!(out, "{}", table.draw(paint, width()))?;
        writeln!(out, "\nNext: {}", paint.cyan("vigie plugins inspect NAME"))?;
    }
    Ok(out.flush()?)
}

fn inspect(context: &Context, found: &Found<'_>, as_json: bool) -> Result<(), Stop> {
    let entry = found.entry();
    let manifest = entry.package.manifest();
    let mut out = context.out();
    if as_json {
        writeln!(out, "{}", serde_json::to_string_pretty(&manifest_json(entry))?)?;
        return Ok(out.flush()?);
    }
    let paint = Paint { on: context.colour() };
    writeln!(out, "{} {} ({} `{}`)", paint.bold(&manifest.name), manifest.version, manifest.kind.name(), manifest.id)?;
    writeln!(out, "{}\n", manifest.description)?;
    let size = number::bytes(u64::try_from(entry.package.size()).unwrap_or(u64::MAX));
    writeln!(out, "  from      {} ({size}, sha256 {})", entry.origin, entry.package.digest())?;
    writeln!(out, "  licence   {}", manifest.licence)?;
    writeln!(out, "  contract  {}", manifest.contract)?;
    for (what, address) in [("homepage", &manifest.homepage), ("terms", &manifest.terms)] {
        if let Some(address) = address {
            writeln!(out, "  {what:<8}  {address}")?;
        }
    }
    if manifest.kind == Kind::Source {
        let ids = match &manifest.identity {
            Identity::Global => "unique over the whole service".to_owned(),
            Identity::Instance { setting } => format!("unique within the address in setting `{setting}`"),
        };
        writeln!(out, "  ids       {ids}")?;
        writeln!(out, "  searches  {}", if manifest.searches { "by itself" } else { "no: it lists, and Vigie filters" })?;
    } else {
        let reads: Vec<String> = manifest.reads.iter().map(ToString::to_string).collect();
        writeln!(out, "  reads     {}", reads.join(", "))?;
        for write in &manifest.writes {
            writeln!(out, "  writes    {} ({}): {}", write.key, write.value.name(), write.description)?;
        }
    }
    settings_table(&mut out, manifest, paint)?;
    if !manifest.hosts.is_empty() {
        writeln!(out, "\n{}", paint.bold("May reach, if granted"))?;
        for host in &manifest.hosts {
            writeln!(out, "  {} {}", host.methods.join(","), host.place)?;
        }
    }
    if !manifest.secrets.is_empty() {
        writeln!(out, "\n{}", paint.bold("Secrets"))?;
        for secret in &manifest.secrets {
            let need = if secret.required { "needed" } else { "optional" };
            writeln!(out, "  {} ({need}): {}", paint.cyan(&secret.name), secret.description)?;
        }
    }
    if !manifest.rates.is_empty() {
        writeln!(out, "\n{}", paint.bold("Keeps to"))?;
        for rate in &manifest.rates {
            writeln!(out, "  {} requests in {} to {}", rate.requests, number::time(rate.per), rate.place)?;
        }
    }
    let imports: Vec<&str> = entry.package.imports().iter().map(String::as_str).collect();
    writeln!(out, "\n  imports   {}", if imports.is_empty() { "nothing".to_owned() } else { imports.join(", ") })?;
    writeln!(out, "\nNext: {}", paint.cyan(&format!("vigie plugins why {}", manifest.id)))?;
    Ok(out.flush()?)
}

fn settings_table(out: &mut impl Write, manifest: &Manifest, paint: Paint) -> Result<(), Stop> {
    let Some(properties) = manifest.settings.get("properties").and_then(Value::as_object).filter(|all| !all.is_empty()) else {
        writeln!(out, "\n  no settings")?;
        return Ok(());
    };
    let required: Vec<&str> =
        manifest.settings.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut table =
        Table::new(&[("setting", Align::Left), ("type", Align::Left), ("default", Align::Left), ("what it is", Align::Left)]);
    for (name, schema) in properties {
        let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let default = match schema.get("default") {
            Some(default) => default.to_string(),
            None if required.contains(&name.as_str()) => "(needed)".to_owned(),
            None => String::new(),
        };
        let what = match schema.get("enum").and_then(Value::as_array) {
            Some(words) => {
                format!("{} ({})", text("description"), words.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
            }
            None => text("description"),
        };
        table.row(vec![name.clone(), text("type"), default, what]);
    }
    writeln!(out, "\n{}", paint.bold("Settings"))?;
    Ok(write!(out, "{}", table.draw(paint, width()))?)
}

fn manifest_json(entry: &Entry) -> Value {
    let manifest = entry.package.manifest();
    let place = |place: &Place| match place {
        Place::Origin(origin) => json!({ "origin": origin }),
        Place::Setting(setting) => json!({ "setting": setting }),
    };
    json!({
        "id": manifest.id, "name": manifest.name, "description": manifest.description, "version": manifest.version,
        "kind": manifest.kind.name(), "licence": manifest.licence, "contract": manifest.contract,
        "homepage": manifest.homepage, "terms": manifest.terms, "origin": entry.origin.to_string(),
        "sha256": entry.package.digest(), "bytes": entry.package.size(), "imports": entry.package.imports(),
        "settings": manifest.settings, "searches": manifest.searches, "pages": manifest.pages,
        "identity": match &manifest.identity {
            Identity::Global => json!("global"),
            Identity::Instance { setting } => json!({ "instance": setting }),
        },
        "hosts": manifest.hosts.iter().map(|host| json!({ "place": place(&host.place), "methods": host.methods })).collect::<Vec<_>>(),
        "secrets": manifest.secrets.iter().map(|secret| json!({
            "name": secret.name, "description": secret.description, "required": secret.required, "hosts": secret.hosts,
        })).collect::<Vec<_>>(),
        "rates": manifest.rates.iter().map(|rate| json!({
            "place": place(&rate.place), "requests": rate.requests, "per_secs": rate.per.as_secs_f64(), "burst": rate.burst,
        })).collect::<Vec<_>>(),
        "reads": manifest.reads.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "writes": manifest.writes.iter().map(|write| json!({
            "key": write.key, "type": write.value.name(), "description": write.description,
        })).collect::<Vec<_>>(),
    })
}

/// One use of a plugin and what it may reach.
struct Judged {
    connector: Option<String>,
    grants: Grants,
}

fn why(context: &Context, installed: &Installed, found: &Found<'_>, as_json: bool) -> Result<(), Stop> {
    let entry = found.entry();
    let manifest = entry.package.manifest();
    let judge = |connector: Option<&str>, settings: &Value| Judged {
        connector: connector.map(str::to_owned),
        grants: Grants::judge(manifest, settings, &entry.standing()),
    };
    let mut judged: Vec<Judged> = installed
        .uses
        .iter()
        .filter(|(_, source, _)| *source == manifest.id)
        .map(|(connector, _, settings)| judge(Some(connector), settings))
        .collect();
    if judged.is_empty() {
        judged.push(judge(None, &json!({})));
    }
    let mut missing: Vec<String> = judged.iter().flat_map(|one| one.grants.missing()).map(|grant| grant.to_string()).collect();
    missing.sort();
    missing.dedup();
    let list = missing.iter().map(|grant| format!("{grant:?}")).collect::<Vec<_>>().join(", ");
    let line = (!missing.is_empty()).then(|| format!("[plugins.{}.grant]\nhosts = [{list}]", manifest.id));
    let mut out = context.out();
    if as_json {
        let uses: Vec<Value> = judged
            .iter()
            .map(|one| {
                let granted: Vec<String> = one.grants.hosts.iter().map(ToString::to_string).collect();
                json!({ "connector": one.connector, "granted": granted })
            })
            .collect();
        let whole = json!({
            "plugin": manifest.id, "origin": entry.origin.to_string(), "imports_http": entry.package.imports_http(),
            "uses": uses, "missing": missing, "add_to_config": line,
        });
        writeln!(out, "{}", serde_json::to_string_pretty(&whole)?)?;
        return Ok(out.flush()?);
    }
    let paint = Paint { on: context.colour() };
    if !entry.package.imports_http() {
        writeln!(out, "`{}` does not import `http`: it can reach nothing, whatever is granted", manifest.id)?;
        return Ok(out.flush()?);
    }
    for one in &judged {
        match &one.connector {
            Some(connector) => writeln!(out, "{}", paint.bold(&format!("connector `{connector}`")))?,
            None => writeln!(out, "{}", paint.bold(&format!("`{}`, which no connector uses yet", manifest.id)))?,
        }
        for grant in &one.grants.hosts {
            writeln!(out, "  {} {grant}", paint.green("may"))?;
        }
        for grant in one.grants.missing() {
            writeln!(out, "  {} {grant}: asked for by the plugin, not granted by you", paint.red("may not"))?;
        }
    }
    let unused = judged.iter().all(|one| one.connector.is_none());
    for host in manifest.hosts.iter().filter(|_| unused) {
        if let Place::Setting(setting) = &host.place {
            writeln!(
                out,
                "  {} {} to the address in setting `{setting}`, by your naming it there",
                paint.green("may"),
                host.methods.join(",")
            )?;
        }
    }
    match line {
        Some(line) => writeln!(out, "\nTo grant what is missing, add to {}:\n\n{line}", context.config.display())?,
        None => writeln!(out, "\nnothing it asks for is missing; everything else is refused")?,
    }
    Ok(out.flush()?)
}
