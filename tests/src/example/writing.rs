//! What a volunteer does at the kitchen table: write, ask for consent, hand in.

use super::{Story, Written};
use crate::member::Member;
use anyhow::{Context, bail};
use drawing::Drawing;
use shared::command::{Command, Reply};
use shared::view::{Field, MediaEdit, NewConsent, Party, StoryState, TellerField, Use};

/// Writes these stories, one after the other, and waits until they are safe at the relay.
pub(super) async fn write(
    volunteer: &Member,
    stories: impl Iterator<Item = &Story>,
) -> anyhow::Result<Vec<Written>> {
    let mut written = Vec::new();
    for story in stories {
        let id = write_one(volunteer, story)
            .await
            .with_context(|| story.title().to_owned())?;
        written.push(Written {
            id,
            story: story.clone(),
        });
    }
    for story in &written {
        volunteer.sees_safe(&story.id).await?;
    }
    Ok(written)
}

async fn write_one(volunteer: &Member, story: &Story) -> anyhow::Result<String> {
    let fields = story.fields();
    let fields: Vec<_> = fields
        .iter()
        .map(|(field, value)| (*field, value.as_str()))
        .collect();
    let id = volunteer.write_story(&fields).await?;
    if let Some(teller) = &story.teller {
        for field in TellerField::ALL {
            volunteer
                .does(Command::EditTeller {
                    id: id.clone(),
                    field,
                    value: teller.field(field).to_owned(),
                })
                .await?;
        }
        volunteer.does(Command::CloseStory { id: id.clone() }).await?;
    }
    for number in 0..story.n_drawings() {
        add_drawing(volunteer, &id, story, number).await?;
    }
    for consent in consents(story) {
        volunteer
            .does(Command::AddConsent {
                id: id.clone(),
                consent,
                wording: volunteer.reads(&id).await?.wording,
            })
            .await?;
    }
    if story.state != StoryState::Draft {
        volunteer.submit(&id).await?;
    }
    Ok(id)
}

/// Adds a picture as the app does, with all that it asks about one.
async fn add_drawing(volunteer: &Member, story_id: &str, story: &Story, number: u8) -> anyhow::Result<()> {
    let drawing = Drawing::new(story.title(), story.theme(number), number)?;
    let id = story_id.to_owned();
    let add = Command::AddPhoto {
        id: id.clone(),
        jpeg: drawing.jpeg,
        thumbnail: drawing.thumbnail,
        width: drawing.width.into(),
        height: drawing.height.into(),
    };
    let Reply::Added(media) = volunteer.does(add).await? else {
        bail!("a photo has no id");
    };
    for edit in [
        MediaEdit::Description(drawing.description.to_owned()),
        // Nobody sat for it.
        MediaEdit::Recognisable(Some(false)),
    ] {
        let (id, media) = (id.clone(), media.clone());
        volunteer
            .does(Command::EditMedia {
                id,
                media,
                edit,
                seen: String::new(),
            })
            .await?;
    }
    volunteer.does(Command::CloseStory { id }).await?;
    Ok(())
}

/// Consents of the teller and, for one who is a minor, of her guardian, to what the story shows of her.
fn consents(story: &Story) -> Vec<NewConsent> {
    let Some(given) = story.consent else {
        return Vec::new();
    };
    let mut uses = vec![Use::Network, Use::Website];
    if story.n_drawings() > 0 {
        uses.push(Use::Photo);
    }
    if !matches!(story.field(Field::NameOnline), "" | "none") {
        uses.push(Use::Name);
    }
    let is_minor = matches!(story.field(Field::Age), "teen" | "child");
    let parties = [Some(Party::Teller), is_minor.then_some(Party::Guardian)];
    let consent = |party| NewConsent {
        party,
        whom: String::new(),
        uses: uses.clone(),
        given,
        text_version: 1,
        language: story.language().to_owned(),
        until: None,
    };
    parties.into_iter().flatten().map(consent).collect()
}
