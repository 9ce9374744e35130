//! Writing a story down.

use crate::camera::jpeg;
use crate::person::{Person, Role};
use anyhow::ensure;
use std::fs;
use std::path::Path;

/// Where a story is, in the words of the screen.
pub(in crate::journeys) const ON_DEVICE: &str = "Bewaard op dit toestel · Nog niet verstuurd";
pub(in crate::journeys) const SAFE: &str = "Veilig bewaard";

/// The list of one's own stories.
pub(in crate::journeys) const MINE: &str = "Mijn verhalen";

/// The lists of what belongs to the story on the screen.
pub(in crate::journeys) const PHOTOS: &str = "Foto's van dit verhaal";
pub(in crate::journeys) const RECORDINGS: &str = "Opnames van dit verhaal";

/// The fields of a story that take any text: a line of it, or more.
pub(in crate::journeys) const LINES: [&str; 4] = [
    "Titel",
    "Doelgroep",
    "Precieze plaats (alleen intern)",
    "Telefoon of e-mail",
];
pub(in crate::journeys) const PROSES: [&str; 6] = [
    "Wat gebeurde er?",
    "Wie deed mee?",
    "Wat was de aanleiding?",
    "Wat is er veranderd?",
    "Tips voor anderen",
    "Korte samenvatting",
];

/// A whole story: all that a publication needs, and what it must leave out.
pub(in crate::journeys) struct Tale<'a> {
    pub(in crate::journeys) title: &'a str,
    pub(in crate::journeys) happened: &'a str,
    pub(in crate::journeys) summary: &'a str,
    /// What is typed for the municipality, and what is proposed.
    pub(in crate::journeys) municipality: (&'a str, &'a str),
    pub(in crate::journeys) exact_place: &'a str,
    pub(in crate::journeys) teller: &'a str,
    pub(in crate::journeys) reach: &'a str,
}

/// The story of most journeys.
pub(in crate::journeys) const SOUP: Tale<'_> = Tale {
    title: "De soepkar van de Kerkstraat",
    happened: "Het begon met een kapotte keuken. Nu eten er elke woensdag veertig mensen mee.",
    summary: "Buren koken samen soep op een oude bakfiets.",
    municipality: ("9000", "Gent"),
    exact_place: "Kerkstraat 12 bus 3",
    teller: "Rosalie Vandermeersch",
    reach: "0478 11 22 33",
};

/// Starts a story, from wherever the navigation is.
pub(in crate::journeys) async fn starts_story(person: &Person<'_>) -> anyhow::Result<()> {
    person.goes_to("Mijn verhalen", "/app/verhalen").await?;
    person.follows("Nieuw verhaal").await?;
    person.sees(Role::Heading, "Nieuw verhaal").await
}

/// Writes the first words of a new story; gives its id.
pub(in crate::journeys) async fn writes(
    person: &Person<'_>,
    title: &str,
    happened: &str,
) -> anyhow::Result<String> {
    starts_story(person).await?;
    person.fills("Titel", title).await?;
    person.fills("Wat gebeurde er?", happened).await?;
    person.sees(Role::Heading, title).await?;
    id_of_story(person).await
}

/// Writes a whole story down, without a consent; gives its id.
pub(in crate::journeys) async fn writes_whole(
    person: &Person<'_>,
    tale: &Tale<'_>,
) -> anyhow::Result<String> {
    let id = writes(person, tale.title, tale.happened).await?;
    person.fills("Korte samenvatting", tale.summary).await?;
    let (typed, proposal) = tale.municipality;
    person.looks_up("Gemeente", typed, proposal).await?;
    person
        .fills("Precieze plaats (alleen intern)", tale.exact_place)
        .await?;
    person.fills("Naam van de verteller", tale.teller).await?;
    person.fills("Telefoon of e-mail", tale.reach).await?;
    person.picks("Naam online", "Voornaam").await?;
    Ok(id)
}

/// Adds small photos, each another one, to the story on the screen, and sees them safe.
pub(in crate::journeys) async fn adds_photos(
    person: &Person<'_>,
    folder: &Path,
    n_photos: u32,
) -> anyhow::Result<()> {
    for number in 1..=n_photos {
        let photo = jpeg(64, 48, None, |column, row| {
            u8::try_from((column + row * number) * 16 % 256).unwrap_or_default()
        });
        let file = folder.join(format!("straat-{number}.jpg"));
        fs::write(&file, photo)?;
        person.adds_files("Foto toevoegen", &[&file]).await?;
        person
            .finds_item(PHOTOS, &[&format!("Foto {number}"), SAFE])
            .await?;
    }
    Ok(())
}

/// Records that the teller, to whom it was read aloud, allows these uses.
pub(in crate::journeys) async fn records_consent(person: &Person<'_>, uses: &[&str]) -> anyhow::Result<()> {
    person.presses("Toestemming toevoegen").await?;
    records(person, uses).await
}

/// Records that somebody on a photo, to whom it was read aloud, allows that.
pub(in crate::journeys) async fn records_consent_of_pictured(
    person: &Person<'_>,
    whom: &str,
) -> anyhow::Result<()> {
    person.presses("Toestemming toevoegen").await?;
    person
        .picks("Wie geeft de toestemming?", "Iemand op een foto")
        .await?;
    person.fills("Voor wie", whom).await?;
    records(person, &["Met foto"]).await
}

/// In the form of a consent: ticks what is allowed, and records it as read aloud.
pub(in crate::journeys) async fn records(person: &Person<'_>, uses: &[&str]) -> anyhow::Result<()> {
    for allowed in uses {
        person.ticks(Role::Checkbox, allowed).await?;
    }
    person.chooses("Hoe gegeven", "Voorgelezen").await?;
    person.presses("Toestemming vastleggen").await?;
    person.sees_no(Role::Button, "Toestemming vastleggen").await
}

/// What she can do when something is missing.
pub(in crate::journeys) const ANYWAY: &str = "Toch indienen";

/// Hands the story on the screen in, also where something is missing.
pub(in crate::journeys) async fn submits(person: &Person<'_>) -> anyhow::Result<()> {
    person.presses("Indienen").await?;
    person
        .waits("hands it in", async || {
            if let Some(anyway) = person.all(Role::Button, Some(ANYWAY)).await?.first() {
                person.press(anyway).await?;
            }
            Ok(person.page_text().await?.contains("Ingediend").then_some(()))
        })
        .await?;
    is_at_what_became_of_it(person).await
}

/// She handed a story in: her keyboard is where it says so.
pub(in crate::journeys) async fn is_at_what_became_of_it(person: &Person<'_>) -> anyhow::Result<()> {
    person
        .waits("is told what becomes of it where her keyboard is", async || {
            let told = person.runs("return document.activeElement.innerText").await?;
            let is_told = told.as_str().is_some_and(|told| told.starts_with("Ingediend:"));
            Ok(is_told.then_some(()))
        })
        .await
}

/// Opens one of her own stories from the list.
pub(in crate::journeys) async fn opens_story(person: &Person<'_>, title: &str) -> anyhow::Result<()> {
    person.goes_to("Mijn verhalen", "/app/verhalen").await?;
    person.follows_item(MINE, title).await?;
    person.sees(Role::Heading, title).await
}

/// Sees that the relay has the story on the screen.
pub(in crate::journeys) async fn sees_it_safe(person: &Person<'_>) -> anyhow::Result<()> {
    person.is_told(Role::Status, SAFE).await
}

/// The id in the address of a story.
pub(in crate::journeys) async fn id_of_story(person: &Person<'_>) -> anyhow::Result<String> {
    person
        .waits("sees the address of the story", async || {
            let address = person.address().await?;
            let id = address.rsplit('/').next().unwrap_or_default();
            ensure!(
                id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "it is {address}"
            );
            Ok(Some(id.to_owned()))
        })
        .await
}
