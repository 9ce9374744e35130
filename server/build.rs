//! Puts the stylesheets, scripts, fonts and images of the site and, for a release, the built app into the program.
//!
//! `AANZET_APP_DIST` names the folder of the built app (`cargo xtask build` sets it); without it the program
//! serves the folder of `--app-dir`.

use sha2::{Digest, Sha256};
use std::error::Error;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=AANZET_APP_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    // As cargo says it now: the path at compile time may be that of another clone with the same target folder.
    let own = env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?;
    let style = Path::new(&own).join("../style").canonicalize()?;
    println!("cargo::rerun-if-changed={}", style.display());

    let scripts = Path::new(&own).join("scripts").canonicalize()?;
    println!("cargo::rerun-if-changed={}", scripts.display());

    let mut code = String::new();
    let mut hashed = Vec::new();
    for sheet in SHEETS {
        let css = stylesheet(&style, &sheet)?;
        hashed.push(hashed_file(&out, sheet.name, "css", &css)?);
    }
    for file in files_below(&scripts)? {
        let name = file
            .file_stem()
            .and_then(OsStr::to_str)
            .ok_or("a name of a script")?;
        let script = without_comments(&fs::read_to_string(&file)?);
        hashed.push(hashed_file(&out, &format!("script-{name}"), "js", &script)?);
    }
    for (constant, path, _) in &hashed {
        writeln!(code, "pub(crate) const {constant}: &str = {path:?};")?;
    }
    let files: String = hashed
        .iter()
        .map(|(constant, _, file)| format!("    ({constant}, include_bytes!({file:?})),\n"))
        .collect();
    writeln!(code, "static HASHED: &[(&str, &[u8])] = &[\n{files}];")?;
    writeln!(
        code,
        "static FONTS: &[(&str, &[u8])] = &{};",
        table(&style.join("fonts"))?
    )?;
    writeln!(
        code,
        "static IMAGES: &[(&str, &[u8])] = &{};",
        table(&style.join("images"))?
    )?;
    match env::var_os("AANZET_APP_DIST") {
        Some(dist) => writeln!(
            code,
            "static APP: &[(&str, &[u8])] = &{};",
            table(Path::new(&dist))?
        )?,
        None => writeln!(code, "static APP: &[(&str, &[u8])] = &[];")?,
    }
    fs::write(out.join("embedded.rs"), code)?;
    Ok(())
}

/// A stylesheet of the public site: what a page needs, and not much more.
struct Sheet {
    name: &'static str,
    /// Folders below that of the styles; of the uppermost one, those files that no other sheet names.
    folders: &'static [&'static str],
    /// Files of the uppermost folder, which the app has too.
    files: &'static [&'static str],
}

/// Of every page, of those to find stories with, of paper, of frames on other websites.
const SHEETS: [Sheet; 4] = [
    Sheet {
        name: "style",
        folders: &["", "site"],
        files: &[],
    },
    Sheet {
        name: "style-find",
        folders: &["site/find"],
        files: &["empty.css", "field.css", "map.css", "places.css"],
    },
    Sheet {
        name: "style-paper",
        folders: &["site/paper"],
        files: &[],
    },
    Sheet {
        name: "style-frame",
        folders: &["site/frame"],
        files: &[],
    },
];

/// The files of a sheet as one: the order of the layers first, the rest by name.
fn stylesheet(root: &Path, sheet: &Sheet) -> Result<String, Box<dyn Error>> {
    let elsewhere = |file: &Path| {
        SHEETS
            .iter()
            .flat_map(|sheet| sheet.files)
            .any(|name| root.join(name) == file)
    };
    let mut files: Vec<PathBuf> = sheet.files.iter().map(|name| root.join(name)).collect();
    for folder in sheet.folders {
        let below = files_in(&root.join(folder))?;
        files.extend(below.into_iter().filter(|file| !elsewhere(file)));
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.sort_by_key(|file| (!file.ends_with("layers.css"), file.clone()));
    let css: String = files.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
    Ok(squeeze(&css))
}

/// Writes a file under a name by its content, and returns the name of a constant, its address and where it is.
fn hashed_file(
    out: &Path,
    name: &str,
    extension: &str,
    content: &str,
) -> Result<(String, String, PathBuf), Box<dyn Error>> {
    let file = out.join(format!("{name}.{extension}"));
    fs::write(&file, content)?;
    let hash = hex::encode(Sha256::digest(content));
    let hash = hash.get(..16).ok_or("no hash")?;
    Ok((
        name.replace('-', "_").to_uppercase(),
        format!("/{name}-{hash}.{extension}"),
        file,
    ))
}

/// Leaves out lines that are comments, and indentation. No text of a script spans lines.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim);
    let code = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

/// Leaves out comments and the white space that no rule needs: a third of the bytes of a public page.
fn squeeze(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((code, comment)) = rest.split_once("/*") {
        plain.push_str(code);
        rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    let mut squeezed = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        ("{ ", "{"),
        (" {", "{"),
        ("} ", "}"),
        ("; ", ";"),
        (": ", ":"),
        (", ", ","),
        (";}", "}"),
        (" }", "}"),
    ] {
        squeezed = squeezed.replace(from, to);
    }
    squeezed
}

/// Rust source of `[(path below folder, bytes)]`.
fn table(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("[\n");
    for file in files_below(folder)? {
        println!("cargo::rerun-if-changed={}", file.display());
        let path = file
            .strip_prefix(folder)?
            .to_str()
            .ok_or("a path that is not UTF-8")?;
        writeln!(code, "    ({path:?}, include_bytes!({file:?})),")?;
    }
    code.push(']');
    Ok(code)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = files_below(folder)?;
    files.retain(|file| file.parent() == Some(folder));
    Ok(files)
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    if !folder.exists() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
