//! From locale files to Rust. Runs in the build script; a test runs it too.

use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// A language: its tag, and its files by name with their contents.
pub(crate) type Files = (String, Vec<(String, String)>);

/// What stands at one key of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Text {
    Plain(String),
    Counted { one: String, other: String },
}

/// Returns the enum of languages with a method for each key.
///
/// # Errors
/// A sentence that names language and key, when the files do not agree.
pub(crate) fn code(locales: &[Files]) -> Result<String, String> {
    let mut read = Vec::new();
    for (tag, files) in locales {
        read.push((tag.as_str(), texts(tag, files)?));
    }
    let Some((first_tag, first)) = read.first() else {
        return Err("no language".into());
    };
    for (tag, texts) in &read {
        agree((first_tag, first), (tag, texts))?;
    }
    let mut code = languages(&read.iter().map(|(tag, _)| *tag).collect::<Vec<_>>());
    code.push_str("impl Locale {\n");
    for key in first.keys() {
        let by_language: Vec<_> = read
            .iter()
            .filter_map(|(tag, texts)| Some((*tag, texts.get(key)?)))
            .collect();
        method(&mut code, key, &by_language);
    }
    code.push_str("}\n");
    Ok(code)
}

fn texts(tag: &str, files: &[(String, String)]) -> Result<BTreeMap<String, Text>, String> {
    let mut texts = BTreeMap::new();
    for (file, content) in files {
        let table: Table = content
            .parse()
            .map_err(|error| format!("{tag}/{file}: {error}"))?;
        collect(&mut texts, "", &table).map_err(|why| format!("{tag}/{file}: {why}"))?;
    }
    Ok(texts)
}

fn collect(texts: &mut BTreeMap<String, Text>, prefix: &str, table: &Table) -> Result<(), String> {
    for (key, value) in table {
        let key = if prefix.is_empty() {
            key.clone()
        } else {
            format!("{prefix}_{key}")
        };
        if !key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            return Err(format!("{key}: lower case, digits and _ only"));
        }
        let text = match value {
            Value::String(text) => Text::Plain(text.trim().to_owned()),
            Value::Table(table) => match (table.get("one"), table.get("other"), table.len()) {
                (Some(Value::String(one)), Some(Value::String(other)), 2) => Text::Counted {
                    one: one.clone(),
                    other: other.clone(),
                },
                _ => {
                    collect(texts, &key, table)?;
                    continue;
                }
            },
            Value::Integer(_)
            | Value::Float(_)
            | Value::Boolean(_)
            | Value::Datetime(_)
            | Value::Array(_) => {
                return Err(format!("{key}: not a text"));
            }
        };
        parts(&key, &text)?;
        if texts.insert(key.clone(), text).is_some() {
            return Err(format!("{key}: stands twice"));
        }
    }
    Ok(())
}

/// Checks that two languages have the same keys with the same arguments.
fn agree(a: (&str, &BTreeMap<String, Text>), b: (&str, &BTreeMap<String, Text>)) -> Result<(), String> {
    for ((tag, texts), (other_tag, others)) in [(a, b), (b, a)] {
        for (key, text) in texts {
            let other = others
                .get(key)
                .ok_or_else(|| format!("{other_tag}: {key} is missing ({tag} has it)"))?;
            let set = |text| arguments(key, text).into_iter().collect::<BTreeSet<_>>();
            if set(text) != set(other) {
                return Err(format!("{key}: arguments differ between {tag} and {other_tag}"));
            }
        }
    }
    Ok(())
}

/// A text is pieces: bytes that stand there, and names of arguments.
enum Piece<'a> {
    Literal(&'a str),
    Argument(&'a str),
}

fn pieces<'a>(key: &str, text: &'a str) -> Result<Vec<Piece<'a>>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| format!("{key}: {{ without }}"))?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return Err(format!("{key}: {{{name}}} is no name"));
        }
        pieces.push(Piece::Literal(before));
        pieces.push(Piece::Argument(name));
        rest = after;
    }
    if rest.contains('}') {
        return Err(format!("{key}: }} without {{"));
    }
    pieces.push(Piece::Literal(rest));
    Ok(pieces)
}

/// The pieces of all forms of a text.
fn parts<'a>(key: &str, text: &'a Text) -> Result<Vec<Piece<'a>>, String> {
    match text {
        Text::Plain(text) => pieces(key, text),
        Text::Counted { one, other } => {
            let mut all = pieces(key, one)?;
            all.extend(pieces(key, other)?);
            Ok(all)
        }
    }
}

/// Names of arguments in the order in which they first stand, a count first.
fn arguments(key: &str, text: &Text) -> Vec<String> {
    let mut names = match text {
        Text::Plain(_) => Vec::new(),
        Text::Counted { .. } => vec!["count".to_owned()],
    };
    for piece in parts(key, text).unwrap_or_default() {
        if let Piece::Argument(name) = piece
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

fn languages(tags: &[&str]) -> String {
    let mut code = String::from(
        "/// A language in which everything can be read.\n\
         #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum Locale {\n",
    );
    for (position, tag) in tags.iter().enumerate() {
        let default = if position == 0 { "    #[default]\n" } else { "" };
        code.push_str(&format!("    /// `{tag}`.\n{default}    {},\n", variant(tag)));
    }
    code.push_str("}\n\nimpl Locale {\n    /// All languages.\n");
    let variants: Vec<_> = tags.iter().map(|tag| format!("Self::{}", variant(tag))).collect();
    code.push_str(&format!(
        "    pub const ALL: [Self; {}] = [{}];\n\n",
        tags.len(),
        variants.join(", ")
    ));
    code.push_str("    /// Its BCP 47 tag.\n    pub fn tag(self) -> &'static str {\n        match self {\n");
    for tag in tags {
        code.push_str(&format!("            Self::{} => {tag:?},\n", variant(tag)));
    }
    code.push_str("        }\n    }\n}\n\n");
    code
}

fn variant(tag: &str) -> String {
    let mut letters = tag.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

fn method(code: &mut String, key: &str, by_language: &[(&str, &Text)]) {
    let Some((_, first)) = by_language.first() else {
        return;
    };
    let names = arguments(key, first);
    let counted = matches!(first, Text::Counted { .. });
    let doc = match first {
        Text::Plain(text) => text,
        Text::Counted { other, .. } => other,
    };
    for line in doc.lines() {
        code.push_str(&format!(
            "    /// {}\n",
            line.replace(['[', ']', '<', '>', '`'], " ")
        ));
    }
    code.push_str(&format!("    pub fn {key}(self"));
    for name in &names {
        let kind = if counted && name == "count" { "u64" } else { "&str" };
        code.push_str(&format!(", {name}: {kind}"));
    }
    let result = if names.is_empty() {
        "&'static str"
    } else {
        "String"
    };
    code.push_str(&format!(") -> {result} {{\n"));
    if counted {
        code.push_str("        let one = self.is_one(count);\n        let count = &*count.to_string();\n");
    }
    code.push_str("        match self {\n");
    for (tag, text) in by_language {
        let value = match text {
            Text::Plain(text) => expression(key, text, &names),
            Text::Counted { one, other } => format!(
                "if one {{ {} }} else {{ {} }}",
                expression(key, one, &names),
                expression(key, other, &names)
            ),
        };
        code.push_str(&format!("            Self::{} => {value},\n", variant(tag)));
    }
    code.push_str("        }\n    }\n");
}

fn expression(key: &str, text: &str, names: &[String]) -> String {
    if names.is_empty() {
        return format!("{text:?}");
    }
    let pieces = pieces(key, text).unwrap_or_default();
    let pieces: Vec<_> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Literal("") => None,
            Piece::Literal(text) => Some(format!("{text:?}")),
            Piece::Argument(name) => Some((*name).to_owned()),
        })
        .collect();
    format!("[{}].concat()", pieces.join(", "))
}
