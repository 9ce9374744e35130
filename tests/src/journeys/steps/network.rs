//! Founding a network, inviting, joining.

use crate::cutter::Cutter;
use crate::person::{Person, Role};
use crate::relay::{Place, Relay, free_address};
use crate::stage::Stage;
use anyhow::{Context, ensure};

/// Name of the network.
pub(in crate::journeys) const NETWORK: &str = "Buurten aan zet";
/// The three roles that an invitation may give.
pub(in crate::journeys) const VOLUNTEER: &str = "Vrijwilliger";
pub(in crate::journeys) const COORDINATOR: &str = "Coördinator";
pub(in crate::journeys) const ADMIN: &str = "Beheerder";

/// A language that the app does not speak itself, as it is chosen; what is asked in it about the website.
pub(in crate::journeys) const POLISH: &str = "Pools · Polski";
pub(in crate::journeys) const WEBSITE_FIELD: &str = "Op de website In deze taal";

/// The list of all members.
pub(in crate::journeys) const MEMBERS: &str = "Wie hoort erbij";

/// A new relay, and Ana who founded its network.
pub(in crate::journeys) async fn found_network(stage: &Stage) -> anyhow::Result<(Relay, Person<'_>)> {
    let relay = stage.relay().await?;
    let ana = founds(stage, &relay).await?;
    Ok((relay, ana))
}

/// The same behind a line.
pub(in crate::journeys) async fn found_network_behind_a_line(
    stage: &Stage,
) -> anyhow::Result<(Relay, Cutter, Person<'_>)> {
    let address = free_address()?;
    let line = Cutter::start(address).await?;
    let place = Place {
        behind: Some((address, line.url())),
        ..Place::default()
    };
    let relay = stage.relay_at(place).await?;
    let ana = founds(stage, &relay).await?;
    Ok((relay, line, ana))
}

/// Ana, who founded the network of a relay.
pub(in crate::journeys) async fn founds<'a>(stage: &'a Stage, relay: &Relay) -> anyhow::Result<Person<'a>> {
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    asks_to_found(&ana, &relay.founding_code()?).await?;
    ana.sees(Role::Link, "Leden").await?;
    Ok(ana)
}

/// From the first screen on: all that founding takes.
pub(in crate::journeys) async fn asks_to_found(person: &Person<'_>, code: &str) -> anyhow::Result<()> {
    person.follows("Netwerk oprichten").await?;
    person.comes_to("/app/oprichten").await?;
    person.fills("Naam van het netwerk", NETWORK).await?;
    person.fills("Jouw naam", person.name).await?;
    person.fills("Stichtcode", code).await?;
    person.presses("Oprichten").await
}

/// What an invitation is passed on as.
#[derive(Clone, Debug)]
pub(in crate::journeys) struct Invitation {
    /// The whole address.
    pub(in crate::journeys) link: String,
    /// To be typed.
    pub(in crate::journeys) code: String,
}

impl Invitation {
    /// The link's address, from the path on.
    pub(in crate::journeys) fn path(&self, relay: &Relay) -> anyhow::Result<&str> {
        let path = self.link.strip_prefix(&relay.url());
        path.with_context(|| format!("the invitation leads to {}", self.link))
    }
}

/// Makes an invitation and stays at the screen that shows it.
pub(in crate::journeys) async fn invites(person: &Person<'_>, role: &str) -> anyhow::Result<Invitation> {
    asks_for_an_invitation(person, role).await?;
    makes_the_invitation(person).await
}

/// Makes an invitation for volunteers whom nobody has to approve while it is on the screen.
pub(in crate::journeys) async fn invites_who_need_not_wait(
    person: &Person<'_>,
) -> anyhow::Result<Invitation> {
    asks_for_an_invitation(person, VOLUNTEER).await?;
    person.ticks(Role::Checkbox, "Meteen toelaten").await?;
    makes_the_invitation(person).await
}

async fn asks_for_an_invitation(person: &Person<'_>, role: &str) -> anyhow::Result<()> {
    person.goes_to("Leden", "/app/leden").await?;
    person.presses("Uitnodigen").await?;
    person.picks("Rol", role).await?;
    person.chooses("Geldig", "1 dag").await
}

async fn makes_the_invitation(person: &Person<'_>) -> anyhow::Result<Invitation> {
    person.presses("Uitnodiging maken").await?;
    Ok(Invitation {
        link: person
            .finds_part_in("Uitnodigingslink", "/app/uitnodiging#")
            .await?,
        code: sees_code(person).await?,
    })
}

/// Gives the code of the invitation that is on the screen.
pub(in crate::journeys) async fn sees_code(person: &Person<'_>) -> anyhow::Result<String> {
    let shown = person.text_of(Role::Status, "Uitnodigingscode").await?;
    // Drivers differ in what stands between the groups.
    Ok(shown.split_whitespace().collect())
}

/// Makes an invitation and turns away from it: whoever joins waits until she is approved.
pub(in crate::journeys) async fn invites_and_leaves(
    person: &Person<'_>,
    role: &str,
) -> anyhow::Result<Invitation> {
    let invitation = invites(person, role).await?;
    person.goes_to("Mijn verhalen", "/app/verhalen").await?;
    Ok(invitation)
}

/// Turns to what tellers are asked in a language.
pub(in crate::journeys) async fn turns_to_texts_in(
    person: &Person<'_>,
    language: &str,
) -> anyhow::Result<()> {
    person.goes_to("Leden", "/app/leden").await?;
    person.follows("Toestemmingsteksten in andere talen").await?;
    person.chooses("Taal", language).await
}

/// Opens the link of an invitation and goes on with the code that it filled in.
pub(in crate::journeys) async fn follows_invitation(
    person: &Person<'_>,
    relay: &Relay,
    invitation: &Invitation,
) -> anyhow::Result<()> {
    person.opens(invitation.path(relay)?).await?;
    person.finds_in("Uitnodigingscode", &invitation.code).await?;
    person.presses("Verder").await
}

/// Once the invitation is recognised: says who she is, and joins. Gives the six digits that she then sees.
pub(in crate::journeys) async fn joins(person: &Person<'_>) -> anyhow::Result<String> {
    person.reads(NETWORK).await?;
    person.fills("Jouw naam", person.name).await?;
    person.presses("Meedoen").await?;
    sees_six_digits(person).await
}

/// Gives the six digits that are shown to her while she waits.
pub(in crate::journeys) async fn sees_six_digits(person: &Person<'_>) -> anyhow::Result<String> {
    person
        .waits("sees six digits", async || {
            Ok(six_digits(&person.page_text().await?))
        })
        .await
}

/// Compares the digits with those that were shown to somebody of this name, and approves her.
pub(in crate::journeys) async fn approves(by: &Person<'_>, name: &str, digits: &str) -> anyhow::Result<()> {
    by.goes_to("Leden", "/app/leden").await?;
    by.reads(name).await?;
    compares_digits(by, digits).await?;
    by.presses("Goedkeuren").await?;
    by.sees_no(Role::Button, "Goedkeuren").await
}

/// Where somebody can be approved: the digits are those that were shown to her.
pub(in crate::journeys) async fn compares_digits(by: &Person<'_>, digits: &str) -> anyhow::Result<()> {
    by.sees(Role::Button, "Goedkeuren").await?;
    let shown = sees_six_digits(by).await?;
    ensure!(shown == digits, "{} shows {shown}, not {digits}", by.name);
    Ok(())
}

/// Her phone says that there is a connection again. Without it her app tries again within two minutes, the longer the
/// relay was away (S15): longer than a journey waits.
pub(in crate::journeys) async fn finds_signal(person: &Person<'_>) -> anyhow::Result<()> {
    person
        .runs("window.dispatchEvent(new Event('online'))")
        .await
        .map(drop)
}

/// Somebody who joined by link and was approved by `by`.
pub(in crate::journeys) async fn member<'a>(
    stage: &'a Stage,
    relay: &Relay,
    by: &Person<'_>,
    name: &'a str,
    role: &str,
) -> anyhow::Result<Person<'a>> {
    let invitation = invites_and_leaves(by, role).await?;
    let person = stage.person(name, &relay.url()).await?;
    follows_invitation(&person, relay, &invitation).await?;
    let digits = joins(&person).await?;
    approves(by, name, &digits).await?;
    person.sees(Role::Link, "Mijn verhalen").await?;
    person.reads_no(&digits).await?;
    Ok(person)
}

/// The first six digits on the page, written as one or two numbers.
pub(in crate::journeys) fn six_digits(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_matches('.'))
        .collect();
    let is_number = |word: &&str, len| word.len() == len && word.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(word) = words.iter().find(|word| is_number(word, 6)) {
        return Some((*word).to_owned());
    }
    let pair = words
        .windows(2)
        .find(|pair| pair.iter().all(|word| is_number(word, 3)));
    pair.map(<[&str]>::concat)
}

#[cfg(test)]
mod tests {
    use super::six_digits;

    #[test]
    fn six_digits_are_found_in_one_or_two_parts() {
        assert_eq!(
            six_digits("Vergelijk 123 456. Klopt het?").as_deref(),
            Some("123456")
        );
        assert_eq!(six_digits("Code 004211 van 2026").as_deref(), Some("004211"));
        assert_eq!(six_digits("12 verhalen uit 2026"), None);
    }
}
