//! Turns the locale files into methods, and refuses them when they do not agree.

use std::path::Path;
use std::{env, error::Error, fs};

#[path = "src/generate.rs"]
mod generate;

/// All languages by their tags, the default first: where arguments stand in its texts is their order.
const LANGUAGES: [&str; 3] = ["nl", "fr", "en"];

fn main() -> Result<(), Box<dyn Error>> {
    let locales = Path::new("../locales");
    println!("cargo::rerun-if-changed={}", locales.display());
    if let Some(other) = names(locales)?
        .iter()
        .find(|tag| !LANGUAGES.contains(&tag.as_str()))
    {
        return Err(format!("{other}: not among the languages of build.rs").into());
    }
    let mut tables = Vec::new();
    for tag in LANGUAGES {
        let folder = locales.join(tag);
        let mut files = Vec::new();
        for file in names(&folder)? {
            files.push((file.clone(), fs::read_to_string(folder.join(&file))?));
        }
        tables.push((tag.to_owned(), files));
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
