//! `vigie-internet`: the miniature internet as a program, for the demo and for scripts.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use jiff::Timestamp;
use vigie_internet::{Internet, Options, story};

/// Serves several services' shapes on loopback, filled with a story, and ends by itself.
///
/// The first line of output is the address. POST /_control/advance {"to": "2026-11-23T08:00:00Z"} moves its present;
/// /_control/edit, /_control/delete, /_control/fault, /_control/limit and /_control/shutdown take JSON as well,
/// GET /_control/state and /_control/requests tell what is visible and what was asked.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on loopback; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The present: the story covers the sixty days before and the fourteen after it
    #[arg(long, default_value_t = story::default_now())]
    now: Timestamp,
    /// What the services show at the start, when the story's present is another instant than --now
    #[arg(long, value_name = "INSTANT")]
    advance: Option<Timestamp>,
    /// Another seed tells the same story with other words
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds after which it ends
    #[arg(long = "for", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    for_secs: u64,
    /// Serve without the forums' rate limits
    #[arg(long)]
    no_limits: bool,
    /// Write a whole configuration into this folder as vigie.toml, its store beside it, instead of printing the reroute table
    #[arg(long, value_name = "DIR")]
    write_config: Option<PathBuf>,
}

/// Services the demo reads besides those of the story itself: networks, forums of several kinds, reviews, a blog.
const SHOWN: [&str; 9] =
    ["reddit", "mastodon", "bluesky", "youtube", "stackexchange", "phpbb", "wordpress", "trustpilot", "appstore"];

/// Writes `vigie.toml` and the secrets it names.
fn write_config(internet: &Internet, addr: SocketAddr, dir: &Path) -> std::io::Result<()> {
    let mut shown = internet.subjects();
    shown.retain(|(_, _, subject)| SHOWN.contains(&subject.plugin));
    let (config, secrets) = story::showcase_toml(addr, dir, &shown);
    std::fs::create_dir_all(dir.join("secrets"))?;
    for (file, value) in secrets {
        std::fs::write(dir.join(file), value)?;
    }
    std::fs::write(dir.join("vigie.toml"), config)
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options =
        Options { now: arguments.now, seed: arguments.seed, port: arguments.port, limits: !arguments.no_limits, thin: false };
    let mut handle = match vigie_internet::start(options) {
        Ok(handle) => handle,
        Err(error) => {
            eprintln!("failed to listen on 127.0.0.1:{}: {error}; try --port 0", arguments.port);
            return ExitCode::FAILURE;
        }
    };
    if let Some(instant) = arguments.advance {
        handle.advance_to(instant);
    }
    // The configuration is written before the address is told: whoever reads the address may use both.
    if let Some(dir) = &arguments.write_config
        && let Err(error) = write_config(&handle, handle.addr(), dir)
    {
        eprintln!("failed to write a configuration into {}: {error}", dir.display());
        return ExitCode::FAILURE;
    }
    println!("http://{}", handle.addr());
    if arguments.write_config.is_none() {
        print!("\n{}", handle.reroute_toml());
    }
    // Ending by the control interface and ending by time are both as intended.
    let _ = handle.wait(Duration::from_secs(arguments.for_secs));
    handle.shutdown();
    ExitCode::SUCCESS
}
