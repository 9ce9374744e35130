//! Turns the locale files into methods, and refuses them when they do not agree.

use std::path::Path;
use std::{env, error::Error, fs};

#[path = "src/generate.rs"]
mod generate;

fn main() -> Result<(), Box<dyn Error>> {
    let locales = Path::new("../locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    let mut tables = Vec::new();
    for tag in names(locales)? {
        let folder = locales.join(&tag);
        let mut files = Vec::new();
        for file in names(&folder)? {
            files.push((file.clone(), fs::read_to_string(folder.join(&file))?));
        }
        tables.push((tag, files));
    }
    let code = generate::code(&tables)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("texts.rs"), code)?;
    Ok(())
}

/// Names in a folder, sorted, so that every build makes the same code.
fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
