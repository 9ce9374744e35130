use super::*;

#[test]
fn only_a_hash_in_the_name_makes_a_file_immutable() {
    for path in [
        "ui-0123456789abcdef.js",
        "core-0123456789abcdef/core_bg.wasm",
        "/style-0123456789abcdef.css",
    ] {
        assert!(is_named_by_content(path), "{path}");
    }
    for path in [
        "index.html",
        "sw.js",
        "assets/icon-192.png",
        "ui-0123456789abcdeg.js",
        "fonts/a-b.woff2",
    ] {
        assert!(!is_named_by_content(path), "{path}");
    }
}

#[test]
fn a_compressed_file_is_sent_only_to_who_takes_it() {
    let file = File::new(
        "a.js",
        Bytes::from_static(b"plain"),
        Some(Bytes::from_static(b"small")),
    )
    .unwrap();
    let mut headers = HeaderMap::new();
    assert_eq!(
        file.answer(&headers).headers().get(header::CONTENT_ENCODING),
        None
    );
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br"));
    assert_eq!(file.answer(&headers).headers()[header::CONTENT_ENCODING], "br");
}

#[test]
fn a_file_that_the_browser_has_is_not_sent_again() {
    let file = File::new("a.js", Bytes::from_static(b"plain"), None).unwrap();
    let mut headers = HeaderMap::new();
    assert_eq!(file.answer(&headers).status(), StatusCode::OK);
    headers.insert(header::IF_NONE_MATCH, file.etag.clone());
    assert_eq!(file.answer(&headers).status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn a_folder_without_the_app_is_refused() {
    let folder = std::env::temp_dir().join(format!("aanzet-empty-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    assert!(StaticFiles::load(Some(&folder)).is_err());
    fs::remove_dir(&folder).unwrap();
}
