//! What was saved from a store that does not open, as one page that any browser shows, without anything beside it.

use shared::view::{Field, RescuedStory};

/// Words of the page.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a function has none")]
pub struct Words<'a> {
    /// Language of the words, a BCP 47 tag.
    pub language: &'a str,
    /// What the page is.
    pub title: &'a str,
    /// Heading of a story without a title.
    pub untitled: &'a str,
    /// Name of a field.
    pub field: &'a dyn Fn(Field) -> &'static str,
    /// Who told it.
    pub teller: &'a str,
}

/// A photo or a part of a recording, as the page holds it.
#[derive(Clone, Debug)]
pub struct Media {
    /// What its bytes are.
    pub media_type: String,
    /// Its bytes in base64.
    pub base64: String,
}

/// Writes the page: each story with the photos and sounds that were read of it.
pub fn page(stories: &[(RescuedStory, Vec<Media>)], words: &Words<'_>) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><h1>{title}</h1>",
        escaped(words.language),
        title = escaped(words.title)
    );
    for (story, media) in stories {
        let titles = story.fields.iter().filter(|(field, _)| *field == Field::Title);
        let title = titles
            .map(|(_, title)| title.as_str())
            .next()
            .unwrap_or(words.untitled);
        page.push_str(&format!("<article><h2 dir=\"auto\">{}</h2>", escaped(title)));
        for (field, text) in story.fields.iter().filter(|(field, _)| *field != Field::Title) {
            paragraph(&mut page, (words.field)(*field), text);
        }
        let teller = [story.teller.name.as_str(), story.teller.reach.as_str()];
        let teller: Vec<_> = teller.into_iter().filter(|text| !text.is_empty()).collect();
        if !teller.is_empty() {
            paragraph(&mut page, words.teller, &teller.join(", "));
        }
        for Media { media_type, base64 } in media {
            let (media_type, base64) = (escaped(media_type), escaped(base64));
            page.push_str(&if media_type.starts_with("image/") {
                format!(
                    "<p><img alt=\"\" style=\"max-width:100%\" src=\"data:{media_type};base64,{base64}\"></p>"
                )
            } else {
                format!("<p><audio controls src=\"data:{media_type};base64,{base64}\"></audio></p>")
            });
        }
        page.push_str("</article>");
    }
    page.push_str("</html>\n");
    page
}

fn paragraph(page: &mut String, heading: &str, text: &str) {
    let (heading, text) = (escaped(heading), escaped(text));
    page.push_str(&format!(
        "<h3>{heading}</h3><p dir=\"auto\" style=\"white-space:pre-wrap\">{text}</p>"
    ));
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::view::Teller;

    #[test]
    fn what_people_wrote_stays_text() {
        let story = RescuedStory {
            fields: vec![
                (Field::Title, "<script>alert(1)</script>".into()),
                (Field::Happened, "Zij & \"hij\"".into()),
            ],
            teller: Teller {
                name: "Rosalie".into(),
                reach: String::new(),
            },
            media: Vec::new(),
        };
        let media = Media {
            media_type: "image/jpeg\" onload=\"x".into(),
            base64: "AAAA".into(),
        };
        let words = Words {
            language: "nl",
            title: "Gered",
            untitled: "Zonder titel",
            field: &|_| "Wat gebeurde er?",
            teller: "Verteller",
        };
        let page = page(&[(story, vec![media])], &words);
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(page.contains("Zij &amp; &quot;hij&quot;"));
        assert!(
            page.contains("<h3>Verteller</h3><p dir=\"auto\" style=\"white-space:pre-wrap\">Rosalie</p>")
        );
        assert!(!page.contains("<script") && !page.contains("\" onload"));
    }
}
