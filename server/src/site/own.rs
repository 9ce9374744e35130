//! `/wie`, `/aanbod`, `/contact`, `/toegankelijkheid`, and what the operator adds to `/privacy`.
//!
//! Each is a text in the Markdown of [`shared::prose`], with a title after `# ` on its first line and headings after
//! `## `. The operator's own stands in `DATA/paginas/<language>/<name>.md` and is read at each request, so that an
//! edit shows at once; without it, or when it cannot be used, the text inside the program is shown.

use super::View;
use super::page::Page;
use super::pieces::written;
use maud::{Markup, html};
use shared::prose;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use texts::Locale;
use tokio::fs::File;
use tokio::io::{self, AsyncReadExt};
use tracing::warn;

/// Most bytes of a text of the operator: ten thousand words.
pub(super) const TEXT_BYTES_MAX: u64 = 64 * 1024;

/// A page with a text of the network's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    About,
    Offer,
    Contact,
    Accessibility,
    /// It is made by [`super::privacy`]; the operator's text stands above that.
    Privacy,
}

impl Own {
    /// Those that consist of nothing but their text.
    pub(super) const ALL: [Self; 4] = [Self::About, Self::Offer, Self::Contact, Self::Accessibility];

    /// Its path, as [`View::at`] takes it.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::About => "/wie",
            Self::Offer => "/aanbod",
            Self::Contact => "/contact",
            Self::Accessibility => "/toegankelijkheid",
            Self::Privacy => "/privacy",
        }
    }

    /// Its name in the menus.
    fn name(self, texts: Locale) -> &'static str {
        match self {
            Self::About => texts.site_about(),
            Self::Offer => texts.site_offer(),
            Self::Contact => texts.site_contact(),
            Self::Accessibility => texts.site_accessibility(),
            Self::Privacy => texts.site_privacy(),
        }
    }

    /// The text inside the program.
    fn text(self, texts: Locale) -> &'static str {
        match (self, texts) {
            (Self::About, Locale::Nl) => include_str!("../../pages/nl/wie.md"),
            (Self::About, Locale::Fr) => include_str!("../../pages/fr/wie.md"),
            (Self::About, Locale::En) => include_str!("../../pages/en/wie.md"),
            (Self::Offer, Locale::Nl) => include_str!("../../pages/nl/aanbod.md"),
            (Self::Offer, Locale::Fr) => include_str!("../../pages/fr/aanbod.md"),
            (Self::Offer, Locale::En) => include_str!("../../pages/en/aanbod.md"),
            (Self::Contact, Locale::Nl) => include_str!("../../pages/nl/contact.md"),
            (Self::Contact, Locale::Fr) => include_str!("../../pages/fr/contact.md"),
            (Self::Contact, Locale::En) => include_str!("../../pages/en/contact.md"),
            (Self::Accessibility, Locale::Nl) => include_str!("../../pages/nl/toegankelijkheid.md"),
            (Self::Accessibility, Locale::Fr) => include_str!("../../pages/fr/toegankelijkheid.md"),
            (Self::Accessibility, Locale::En) => include_str!("../../pages/en/toegankelijkheid.md"),
            (Self::Privacy, Locale::Nl | Locale::Fr | Locale::En) => "",
        }
    }
}

/// The operator's texts.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnTexts {
    folder: Option<Arc<Path>>,
    /// Files that the log has named since they were last in order: a page is asked for often.
    complained: Arc<Mutex<BTreeSet<String>>>,
}

impl OwnTexts {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: Some(folder.into()),
            complained: Arc::default(),
        }
    }

    /// Returns the operator's text of a page, if there is one that can be used.
    pub(super) async fn read(&self, own: Own, texts: Locale) -> Option<String> {
        let name = format!("{}{}.md", texts.tag(), own.path());
        let file = self.folder.as_ref()?.join(&name);
        let read = read(&file).await;
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(text) => {
                complained.remove(&name);
                text
            }
            Err(why) => {
                if complained.insert(name.clone()) {
                    warn!(file = name, why, "a page cannot be used; its own text is shown");
                }
                None
            }
        }
    }
}

async fn read(file: &Path) -> Result<Option<String>, &'static str> {
    let opened = match File::open(file).await {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err("not readable"),
    };
    let mut bytes = Vec::new();
    opened
        .take(TEXT_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .await
        .map_err(|_| "not readable")?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > TEXT_BYTES_MAX) {
        return Err("too large");
    }
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    if text.trim().is_empty() {
        return Err("empty");
    }
    Ok(Some(text))
}

/// Returns the page of the operator's text, or of that inside the program.
pub(super) fn page(view: &View<'_>, own: Own, text: Option<&str>) -> String {
    let text = Text::read(text.unwrap_or(own.text(view.texts)));
    let description = prose::plain(&text.lead);
    Page {
        title: text.title.unwrap_or(own.name(view.texts)),
        description: &description,
        path: Some(own.path()),
        query: "",
        head: html! {},
        main: html! {
            article.story {
                header.story__head.story__head--words {
                    h1 { (text.title.unwrap_or(own.name(view.texts))) }
                    div.story__lead { (written(&text.lead)) }
                }
                div.story__text { (text.sections()) }
            }
        },
    }
    .render(view)
}

/// Returns what the operator has to say before a page's own text.
pub(super) fn before(text: &str) -> Markup {
    let text = Text::read(text);
    html! {
        (written(&text.lead))
        @for (heading, words) in &text.sections { h2 { (heading) } (written(words)) }
    }
}

/// A text by its headings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) title: Option<&'a str>,
    /// What stands before the first heading.
    pub(super) lead: String,
    pub(super) sections: Vec<(&'a str, String)>,
}

impl<'a> Text<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let mut parts = Self {
            title: None,
            lead: String::new(),
            sections: Vec::new(),
        };
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                parts.sections.push((heading.trim(), String::new()));
            } else if let (None, Some(title)) = (parts.title, line.strip_prefix("# ")) {
                parts.title = Some(title.trim()).filter(|title| !title.is_empty());
            } else {
                let words = parts
                    .sections
                    .last_mut()
                    .map_or(&mut parts.lead, |(_, words)| words);
                words.push_str(line);
                words.push('\n');
            }
        }
        parts
    }

    fn sections(&self) -> Markup {
        html! {
            @for (heading, words) in &self.sections {
                section.story__move {
                    h2 { (heading) }
                    div.story__words { (written(words)) }
                }
            }
        }
    }
}
