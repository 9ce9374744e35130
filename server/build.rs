//! Puts the stylesheet, its fonts and images and, for a release, the built app into the program.
//!
//! `AANZET_APP_DIST` names the folder of the built app (`cargo xtask build` sets it); without it the program
//! serves the folder of `--app-dir`.

use sha2::{Digest, Sha256};
use std::error::Error;
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

    let css = stylesheet(&style)?;
    fs::write(out.join("style.css"), &css)?;
    let hash = hex::encode(Sha256::digest(&css));
    let mut code = format!(
        "const STYLESHEET_PATH: &str = \"/style-{}.css\";\n",
        hash.get(..16).ok_or("no hash")?
    );
    writeln!(
        code,
        "static STYLESHEET: &[u8] = include_bytes!({:?});",
        out.join("style.css")
    )?;
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

/// The stylesheets of the public site as one: the order of the layers first, the rest by name, without those
/// that only the app needs.
fn stylesheet(folder: &Path) -> Result<String, Box<dyn Error>> {
    let only_app = folder.join("app");
    let mut files: Vec<PathBuf> = files_below(folder)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "css"));
    files.retain(|file| !file.starts_with(&only_app));
    files.sort_by_key(|file| (!file.ends_with("layers.css"), file.clone()));
    let css: String = files.iter().map(fs::read_to_string).collect::<Result<_, _>>()?;
    Ok(squeeze(&css))
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
