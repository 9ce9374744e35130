//! Pages from files of the operator.

use super::super::own::{Own, TEXT_BYTES_MAX, Text};
use super::*;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of the operator's, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("aanzet-paginas-{}-{n}", std::process::id()));
        for texts in Locale::ALL {
            fs::create_dir_all(folder.join(texts.tag())).unwrap();
        }
        Self(folder)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn site(&self) -> Router {
        let publications = SharedPublications::default();
        routes(Site::new(publications, "https://verhalen.example").with_texts_in(&self.0))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[tokio::test]
async fn the_operators_text_is_shown_at_once_and_in_its_language_only() {
    let folder = Folder::new();
    let site = folder.site();
    assert!(page(&site, "/contact").await.contains("<h1>Contact</h1>"));
    folder.write(
        "nl/contact.md",
        "# Bel ons\n\nOp **0123**.\n\n## Wanneer\n- maandag\n- dinsdag\n",
    );
    let html = page(&site, "/contact").await;
    for part in [
        "<title>Bel ons · Aanzet</title>",
        "<h1>Bel ons</h1>",
        "<p>Op <strong>0123</strong>.</p>",
        "<h2>Wanneer</h2>",
        "<li>maandag</li>",
        "<meta name=\"description\" content=\"Op 0123.\">",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("Je verhaal vertellen"));
    assert!(page(&site, "/fr/contact").await.contains("Raconter ton récit"));
    fs::remove_file(folder.0.join("nl/contact.md")).unwrap();
    assert!(page(&site, "/contact").await.contains("Je verhaal vertellen"));
}

#[tokio::test]
async fn a_file_that_cannot_be_used_leaves_the_text_inside_the_program() {
    let folder = Folder::new();
    let site = folder.site();
    let large = "x".repeat(usize::try_from(TEXT_BYTES_MAX).unwrap() + 1);
    for bad in [large.as_bytes(), b"\xff\xfe", b"", b" \n "] {
        folder.write("nl/wie.md", bad);
        assert!(page(&site, "/wie").await.contains("Vijf organisaties"));
    }
    fs::remove_file(folder.0.join("nl/wie.md")).unwrap();
    fs::create_dir(folder.0.join("nl/wie.md")).unwrap();
    assert!(page(&site, "/wie").await.contains("Vijf organisaties"));
    let fits = "x".repeat(usize::try_from(TEXT_BYTES_MAX).unwrap());
    folder.write("nl/aanbod.md", fits);
    assert!(page(&site, "/aanbod").await.contains("<h1>Aanbod</h1>"));
}

#[tokio::test]
async fn what_the_operator_says_about_privacy_takes_nothing_away() {
    let folder = Folder::new();
    folder.write("nl/privacy.md", "# Weg\n## Wie verantwoordelijk is\nLUS vzw.\n");
    let html = page(&folder.site(), "/privacy").await;
    let own = html.find("<h2>Wie verantwoordelijk is</h2>").unwrap();
    assert!(own < html.find("<h2>Je rechten</h2>").unwrap());
    assert!(html.contains("<h1>Privacy</h1>") && !html.contains("Weg"));
}

#[tokio::test]
async fn the_page_on_privacy_names_all_that_goes_online() {
    let site = site([]);
    for (path, things) in [
        (
            "/privacy",
            [
                "Foto's",
                "beschrijving",
                "stem",
                "gemeente",
                "thema's",
                "naam",
                "dag",
            ],
        ),
        (
            "/fr/privacy",
            [
                "photos",
                "description",
                "voix",
                "commune",
                "thèmes",
                "nom",
                "jour",
            ],
        ),
        (
            "/en/privacy",
            [
                "Photos",
                "description",
                "voice",
                "municipality",
                "themes",
                "name",
                "day",
            ],
        ),
    ] {
        let html = page(&site, path).await;
        let (_, list) = html.split_once("<ul><li>").unwrap();
        let (list, _) = list.split_once("</ul>").unwrap();
        for thing in things {
            assert!(list.contains(thing), "{path}: {thing}");
        }
    }
}

#[tokio::test]
async fn p6_the_operators_text_is_no_html_either() {
    let folder = Folder::new();
    folder.write(
        "nl/wie.md",
        "# <b>x\n<script>alert(1)</script>\n## <img src=x>\n[x](javascript:alert)",
    );
    let html = page(&folder.site(), "/wie").await;
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"));
    assert!(!html.contains("href=\"javascript"));
}

#[test]
fn a_text_is_read_by_its_headings() {
    let text = Text::read("\u{feff}# Titel\nEerst.\n# Geen titel meer\n## Een\nJa\n## Twee\n### Drie\n");
    assert_eq!(text.title, Some("Titel"));
    assert_eq!(text.lead, "Eerst.\n# Geen titel meer\n");
    assert_eq!(
        text.sections,
        [("Een", "Ja\n".to_owned()), ("Twee", "### Drie\n".to_owned())]
    );
    assert_eq!(Text::read("Zonder titel").title, None);
    assert_eq!(Text::read("# \nx").title, None);
}

#[tokio::test]
async fn every_page_has_a_text_of_its_own_in_each_language() {
    let site = site([]);
    let mut seen = BTreeSet::new();
    for own in Own::ALL {
        for texts in Locale::ALL {
            let html = page(&site, &in_language(texts, own.path())).await;
            let (_, main) = html.split_once("<main").unwrap();
            assert!(main.matches("<h2>").count() >= 2, "{own:?} {texts:?}");
            assert!(html.contains("<meta name=\"description\""), "{own:?} {texts:?}");
            assert!(seen.insert(main.to_owned()));
        }
    }
}
