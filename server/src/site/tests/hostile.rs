//! What people typed never becomes markup.

use super::*;
use crate::publications::Filter;
use crate::publications::tests::{photo, section, sound};
use shared::publication::{Heading, Photo, Sound};

pub(super) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></textarea></main><svg/onload=alert(1)>",
    "<!--",
    "]]><x>",
    "&lt;script&gt;&#x3c;b&#x3e;",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) [y](data:text/html,<script>) ![z](https://evil.example/z.png\"onload=x)",
    "[a](https://a.example/\"onclick=alert(1))",
    "<https://evil.example> `<b>`",
    "{{7+7}} ${7+7} <%= 7 %>",
    "\u{202e}gnp.exe\u{0}\u{1b}[31m\u{fffe}",
    "<style>*{display:none}</style><base href=//evil.example>",
    "\" autofocus onfocus=alert(1) x=\"",
];

/// A story with the same words in every field that a person fills in.
pub(super) fn filled_with(words: &str) -> PublicStory {
    PublicStory {
        title: words.into(),
        sections: vec![section(Heading::Happened, words), section(Heading::Tips, words)],
        summary: words.into(),
        language: words.into(),
        themes: vec![words.into()],
        audience: words.into(),
        district: Some(words.into()),
        name: Some(words.into()),
        photos: [1, 2]
            .map(|n| Photo {
                alt: words.into(),
                ..photo(n, false)
            })
            .into(),
        sounds: vec![Sound {
            text: words.into(),
            ..sound(3)
        }],
        ..story(1)
    }
}

#[tokio::test]
async fn p6_text_from_people_never_becomes_markup() {
    let story = address_of(1);
    let paper = format!("{story}/afdruk");
    let paths = ["/", "/verhalen", &story, &paper, "/gemeente/71072"];
    let harmless = site([filled_with("heel gewoon")]);
    for words in HOSTILE {
        let hostile = site([filled_with(words)]);
        for path in paths {
            let (expected, _) = tags(&page(&harmless, path).await);
            let (mut found, values) = tags(&page(&hostile, path).await);
            // What looks like an address is a link, marked as somebody's own.
            while let Some(link) = found.iter().position(|tag| tag == "a href= rel=") {
                assert_eq!(
                    found.get(link + 1).map(String::as_str),
                    Some("/a"),
                    "{words} at {path}"
                );
                found.drain(link..link + 2);
            }
            assert_eq!(found, expected, "{words} at {path}");
            for (_, value) in values.iter().filter(|(name, _)| name == "href") {
                let safe = value.starts_with(['/', '#']) || value.starts_with("https://");
                assert!(safe, "{words} at {path}: {value}");
            }
        }
    }
}

#[tokio::test]
async fn p6_what_is_asked_for_never_becomes_markup() {
    let site = site([
        story(1),
        PublicStory {
            audience: "scholen".into(),
            ..story(2)
        },
    ]);
    let (expected, _) = tags(&page(&site, "/verhalen?zoek=niets&thema=x&doelgroep=y&taal=z").await);
    for words in HOSTILE {
        let filter = Filter {
            search: (*words).into(),
            theme: Some((*words).into()),
            audience: Some((*words).into()),
            language: Some((*words).into()),
            ..Filter::default()
        };
        let (found, _) = tags(&page(&site, &query::address(&filter)).await);
        assert_eq!(found, expected, "{words}");
    }
}
