use super::*;

fn built() -> Files {
    let page = r#"<html data-core="/app/core/worker.js"><link href="/app/style.css"><script src="/app/boot.js" data-js="/app/ui.js" data-wasm="/app/ui_bg.wasm"></script>"#;
    let files = [
        ("index.html", page),
        ("sw.js", "const VERSION = '';\nconst FILES = {};\n"),
        ("manifest.webmanifest", "{}"),
        ("assets/icon.svg", "<svg/>"),
        ("fonts/letter.woff2", "f"),
        ("style.css", "p{}"),
        ("boot.js", "boot"),
        ("ui.js", "ui"),
        ("ui_bg.wasm", "wasm"),
        ("core/worker.js", "import './core.js'"),
        ("core/core.js", "core"),
        ("core/core_bg.wasm", "wasm"),
    ];
    files
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_owned()))
        .collect()
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files[path].clone()).unwrap()
}

#[test]
fn w4_the_page_names_files_by_content_and_the_service_worker_lists_all() {
    let files = bundle(built()).unwrap();
    assert_eq!(
        text(&files, "index.html"),
        r#"<html data-core="/app/core-f469238578820a4a/worker.js"><link href="/app/style-cfeb2328b6987ff8.css"><script src="/app/boot-cbe076d018998abd.js" data-js="/app/ui-75eeb75d2360e6a9.js" data-wasm="/app/ui_bg-5c93fdf39c4d4a39.wasm"></script>"#
    );
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "assets/icon.svg",
            "boot-cbe076d018998abd.js",
            "core-f469238578820a4a/core.js",
            "core-f469238578820a4a/core_bg.wasm",
            "core-f469238578820a4a/worker.js",
            "fonts/letter.woff2",
            "index.html",
            "manifest.webmanifest",
            "style-cfeb2328b6987ff8.css",
            "sw.js",
            "ui-75eeb75d2360e6a9.js",
            "ui_bg-5c93fdf39c4d4a39.wasm",
        ]
    );
    assert!(
        text(&files, "sw.js").starts_with(
            "const VERSION = '20880412f4b5d7a4';\nconst FILES = {\n  'assets/icon.svg': 'd4dc56"
        )
    );
}

#[test]
fn w4_the_list_holds_every_file_but_the_service_worker() {
    let files = bundle(built()).unwrap();
    let service_worker = text(&files, "sw.js");
    for (path, bytes) in files.iter().filter(|(path, _)| *path != "sw.js") {
        let path = if path == "index.html" { "./" } else { path };
        let line = format!("'{path}': '{}',", hex::encode(Sha256::digest(bytes)));
        assert!(service_worker.contains(&line), "{line}");
    }
    assert!(!service_worker.contains("sw.js"));
}

#[test]
fn a_change_of_one_file_changes_its_name_and_the_version() {
    let before = bundle(built()).unwrap();
    let mut changed = built();
    changed.insert("ui.js".into(), b"other".to_vec());
    let after = bundle(changed).unwrap();
    let of_ui = |files: &Files| {
        files
            .keys()
            .find(|path| path.starts_with("ui-"))
            .cloned()
            .unwrap()
    };
    let version = |files: &Files| text(files, "sw.js").lines().next().unwrap().to_owned();
    assert_ne!(of_ui(&before), of_ui(&after));
    assert_ne!(version(&before), version(&after));
    assert!(
        before
            .keys()
            .filter(|path| path.starts_with("core-"))
            .all(|path| after.contains_key(path))
    );
}

#[test]
fn what_the_page_does_not_name_is_refused() {
    let mut files = built();
    files.insert("stray.js".into(), Vec::new());
    assert!(bundle(files).is_err());
    let mut files = built();
    files.insert("sw.js".into(), b"no list".to_vec());
    assert!(bundle(files).is_err());
}

#[test]
fn layers_come_first_in_the_stylesheet_and_what_only_the_app_has_last() {
    let files = [
        ("a.css", "a"),
        ("app/c.css", "/* * */c/*"),
        ("layers.css", "first"),
        ("b.css", "b{content:'/'}/**/\n"),
    ];
    let files = files
        .into_iter()
        .map(|(name, css)| (name.to_owned(), css.to_owned()))
        .collect();
    assert_eq!(stylesheet(&files), "firstab{content:'/'}\nc");
}
