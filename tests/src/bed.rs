//! A temporary folder, the miniature internet, and the program.

use std::env;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tempfile::TempDir;
use vigie_internet::{Handle, Options, story};

use crate::error::TestError;
use crate::redact::redact;

/// The longest a command may run. Generous: the first one of a machine compiles the plugins.
const AT_MOST: Duration = Duration::from_secs(300);

/// Where the program under test lies: `VIGIE_BIN`, or beside the test executable's folder.
///
/// # Errors
/// [`TestError::NoProgram`] when it has not been built; the message says how to.
pub fn vigie_binary() -> Result<PathBuf, TestError> {
    let path = match env::var_os("VIGIE_BIN") {
        Some(path) => PathBuf::from(path),
        None => {
            // target/debug/deps/test-0123 → target/debug/vigie
            let test = env::current_exe().map_err(TestError::io("find the test executable"))?;
            let folder = test.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "deps"));
            let beside = folder.and_then(Path::parent).or_else(|| test.parent()).unwrap_or(Path::new("."));
            beside.join(format!("vigie{}", env::consts::EXE_SUFFIX))
        }
    };
    if path.is_file() { Ok(path) } else { Err(TestError::NoProgram(path)) }
}

/// A folder, a miniature internet, and the program that reads the one and writes into the other. The folder goes with it.
pub struct TestBed {
    folder: TempDir,
    internet: Handle,
    program: PathBuf,
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; absent when a signal ended it.
    pub code: Option<i32>,
    /// What it printed, redacted.
    pub stdout: String,
    /// What it said beside, redacted.
    pub stderr: String,
}

impl Ran {
    /// Exit code and both outputs, as a snapshot keeps them.
    #[must_use]
    pub fn transcript(&self) -> String {
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        let mut out = format!("exit: {code}\n");
        for (name, text) in [("stdout", &self.stdout), ("stderr", &in_order(&self.stderr))] {
            if !text.is_empty() {
                out += &format!("--- {name}\n{}\n", text.trim_end());
            }
        }
        out
    }

    /// The lines of standard output as JSON, for `--json`.
    ///
    /// # Errors
    /// When a line is no JSON.
    pub fn json_lines(&self) -> Result<Vec<serde_json::Value>, serde_json::Error> {
        self.stdout.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str).collect()
    }
}

/// Connectors run side by side and tell what they do as they do it: their lines (`press: 3 feeds to read`) are put in one order.
fn in_order(text: &str) -> String {
    let told = |line: &&str| {
        line.split_once(": ").is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    let mut lines: Vec<&str> = text.lines().collect();
    for block in lines.chunk_by_mut(|one, other| told(one) == told(other)) {
        if block.first().is_some_and(told) {
            block.sort_unstable();
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

impl TestBed {
    /// The story at its default present, without rate limits.
    ///
    /// # Errors
    /// [`TestError`] when the program is missing or the operating system gives no folder or port.
    pub fn new() -> Result<Self, TestError> {
        Self::with(Options::default())
    }

    /// The story as the options say.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with(options: Options) -> Result<Self, TestError> {
        let program = vigie_binary()?;
        let folder = tempfile::tempdir().map_err(TestError::io("make a temporary folder"))?;
        let internet = vigie_internet::start(options).map_err(TestError::io("start the miniature internet"))?;
        Ok(Self { folder, internet, program })
    }

    /// The folder commands run in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The miniature internet: its clock, its faults, what was asked of it.
    #[must_use]
    pub fn internet(&self) -> &Handle {
        &self.internet
    }

    /// Writes a file into the folder, placeholders filled: `{{addr}}`, `{{dir}}`, `{{reroute}}`, `{{topics}}`.
    ///
    /// # Errors
    /// [`TestError::Io`].
    pub fn write(&self, name: &str, template: &str) -> Result<(), TestError> {
        let text = template
            .replace("{{addr}}", &self.internet.addr().to_string())
            .replace("{{dir}}", &self.folder().display().to_string())
            .replace("{{reroute}}", &self.internet.reroute_toml())
            .replace("{{topics}}", story::topics_toml());
        std::fs::write(self.folder().join(name), text).map_err(TestError::io(format!("write {name}")))
    }

    /// Writes the story's whole configuration as `vigie.toml`.
    ///
    /// # Errors
    /// [`TestError::Io`].
    pub fn write_story_config(&self) -> Result<(), TestError> {
        self.write("vigie.toml", &story::vigie_toml(self.internet.addr(), self.folder()))
    }

    /// A command of the program in the folder, with the clock at the miniature internet's present. For tests that need the
    /// process itself, to kill it for instance.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.folder())
            .env("VIGIE_NOW", self.internet.now().to_string())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "120")
            .env_remove("RUST_LOG")
            .env_remove("VIGIE_CONFIG")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program and waits.
    ///
    /// # Errors
    /// [`TestError`] when it cannot be started or does not end in time; an exit code is no error.
    pub fn vigie(&self, arguments: &[&str]) -> Result<Ran, TestError> {
        let words = format!("vigie {}", arguments.join(" "));
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(TestError::io(format!("start {}", self.program.display())))?;
        let (sender, receiver) = mpsc::channel();
        let pipes: [(usize, Option<Box<dyn Read + Send>>); 2] = [
            (0, child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>)),
            (1, child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>)),
        ];
        for (which, pipe) in pipes {
            let sender = sender.clone();
            thread::spawn(move || {
                let mut bytes = Vec::new();
                if let Some(mut pipe) = pipe {
                    // What was read until a failure is worth showing.
                    let _ = pipe.read_to_end(&mut bytes);
                }
                // Nobody listens any more once the test has given up.
                let _ = sender.send((which, String::from_utf8_lossy(&bytes).into_owned()));
            });
        }
        let mut outputs = [String::new(), String::new()];
        for _ in 0..2 {
            let Ok((which, text)) = receiver.recv_timeout(AT_MOST) else {
                // Killing closes the pipes, which ends the readers.
                let _ = child.kill();
                let _ = child.wait();
                outputs.iter_mut().for_each(|output| *output = receiver.recv().map(|(_, text)| text).unwrap_or_default());
                return Err(TestError::TooSlow { command: words, printed: self.redact(&outputs.concat()) });
            };
            outputs[which] = text;
        }
        let status = child.wait().map_err(TestError::io(format!("wait for {words}")))?;
        let [stdout, stderr] = outputs.map(|output| self.redact(&output));
        Ok(Ran { code: status.code(), stdout, stderr })
    }

    /// Takes out what differs between two runs.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        let known = [
            (self.folder().display().to_string(), "[DIR]"),
            (self.internet.addr().to_string(), "[ADDR]"),
            (self.program.display().to_string(), "[VIGIE]"),
        ];
        redact(text, &known)
    }
}
