//! The program as a whole: how soon `vigie check` is done, and what an idle `vigie run` costs.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use vigie_internet::{Options, story};

use crate::machine::{cpu_time, median, resident_mib};
use crate::table::Table;

/// How long an idle run is watched.
const WATCHED: Duration = Duration::from_secs(10);

/// Measures on the story's configuration, which uses every bundled plugin.
pub(crate) fn measure(vigie: &Path, table: &mut Table) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let internet = vigie_internet::start(Options { limits: false, ..Options::default() })?;
    std::fs::write(folder.path().join("vigie.toml"), story::vigie_toml(internet.addr(), folder.path()))?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(vigie);
        command
            .args(arguments)
            .current_dir(folder.path())
            .env("XDG_CACHE_HOME", folder.path())
            .env("VIGIE_NOW", internet.now().to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let check = || -> Result<f64> {
        let started = Instant::now();
        let status = command(&["check"]).status().with_context(|| format!("could not start {}", vigie.display()))?;
        if !status.success() {
            bail!("vigie check ended with {status}");
        }
        Ok(started.elapsed().as_secs_f64() * 1e3)
    };
    let cold = check()?;
    let warm = median((0..9).map(|_| check()).collect::<Result<Vec<_>>>()?);
    table.row("vigie check, all plugins, warm : cold cache", format!("{warm:.0} ms : {cold:.0} ms"), "150 ms warm", warm < 150.0);

    let run = Running(command(&["run"]).spawn()?);
    let process = run.0.id();
    let idle_from = settle(process)?;
    let used = cpu_time(process);
    while idle_from.elapsed() < WATCHED {
        std::thread::park_timeout(WATCHED.saturating_sub(idle_from.elapsed()));
    }
    let used = cpu_time(process) - used;
    let memory = resident_mib(process);
    table.row("idle vigie run, memory", format!("{memory:.0} MiB"), "60 MB", memory < 60.0 * 1e6 / 1_048_576.0);
    let measured = format!("{} ms in {} s", used.as_millis(), WATCHED.as_secs());
    table.row("idle vigie run, processor time", measured, "none measurable", used <= Duration::from_millis(10));
    Ok(())
}

/// Waits until the first collection is over: two seconds without processor time.
fn settle(process: u32) -> Result<Instant> {
    let (started, mut since, mut used) = (Instant::now(), Instant::now(), cpu_time(process));
    while since.elapsed() < Duration::from_secs(2) {
        std::thread::park_timeout(Duration::from_millis(200));
        let now = cpu_time(process);
        if now != used {
            (since, used) = (Instant::now(), now);
        }
        if started.elapsed() > Duration::from_secs(120) {
            bail!("vigie run does not come to rest");
        }
    }
    Ok(Instant::now())
}

/// A child that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A child that has ended by itself is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
