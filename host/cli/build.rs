//! Puts the bundled plugins into the binary: every `.wasm` file of `target/plugins`, or of the folder `VIGIE_PLUGINS_DIR` names.
//! Without them the binary is built all the same and says what is missing.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=VIGIE_PLUGINS_DIR");
    let folder = match env::var_os("VIGIE_PLUGINS_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
            // Cargo runs this script at every build while a watched folder is missing.
            fs::create_dir_all(&folder)?;
            folder
        }
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(|error| io::Error::new(error.kind(), format!("VIGIE_PLUGINS_DIR {}: {error}", folder.display())))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "wasm"))
        .collect();
    files.sort();
    let mut code = String::from(
        "/// Name, bytes and their SHA-256 of each bundled plugin.\npub(crate) static PLUGINS: &[(&str, &[u8], &str)] = &[\n",
    );
    for file in files {
        let path = file.canonicalize()?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Hashed here: hashing at each start would read, and keep in memory, code that is already compiled.
        let digest: String = Sha256::digest(fs::read(&path)?).iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(code, "    ({name:?}, include_bytes!({path:?}), {digest:?}),").map_err(io::Error::other)?;
    }
    code.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("bundled.rs"), code)
}
