//! A second device joins: by link, by code, by the picture of a code; or is told why not.

use super::steps::network::{
    COORDINATOR, Invitation, MEMBERS, VOLUNTEER, approves, follows_invitation, found_network, invites,
    invites_and_leaves, invites_who_need_not_wait, joins,
};
use super::steps::review::{is_led_to_outcome, reads_again};
use super::steps::story::{opens_story, sees_it_safe, submits, writes};
use crate::person::{Person, Role};
use crate::relay::Relay;
use crate::stage::Stage;
use crate::traces;
use anyhow::{Context, ensure};
use std::collections::BTreeSet;
use std::time::Duration;

const REVOKE: &str = "Uitnodiging intrekken";

/// The list of all invitations.
const INVITATIONS: &str = "Uitnodigingen";

/// By link; and what was written before comes along when she is approved.
pub(super) async fn somebody_joins_by_link(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    bea.opens("/app/").await?;
    bea.hears_the_core().await?;
    bea.opens("/app/verhalen").await?;
    writes(&bea, "Voor de uitnodiging", "Geschreven zonder netwerk.").await?;
    submits(&bea).await?;

    let invitation = invites(&ana, VOLUNTEER).await?;
    ana.looks_over("uitnodiging-gemaakt").await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    follows_invitation(&bea, &relay, &invitation).await?;
    bea.sees(Role::Heading, "Uitnodiging").await?;
    has_a_clean_address(&bea).await?;
    bea.looks_over("uitnodiging").await?;
    let digits = joins(&bea).await?;
    bea.looks_over("wachten").await?;
    bea.opens("/app/verhalen").await?;
    writes(&bea, "Tijdens het wachten", "Nog niet goedgekeurd.").await?;
    submits(&bea).await?;

    approves(&ana, bea.name, &digits).await?;
    ana.finds_item(MEMBERS, &["Bea", VOLUNTEER]).await?;
    sees_it_safe(&bea).await?;
    opens_story(&bea, "Voor de uitnodiging").await?;
    sees_it_safe(&bea).await?;
    reads_again(&ana, "Voor de uitnodiging").await?;
    reads_again(&ana, "Tijdens het wachten").await?;
    relay_never_saw(&relay, &invitation)?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint().await
}

/// By typing the code, on a device that was told nothing else.
pub(super) async fn somebody_joins_by_code(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let invitation = invites_and_leaves(&ana, COORDINATOR).await?;
    let cor = stage.person("Cor", &relay.url()).await?;
    cor.opens("/app/").await?;
    // As people type: without the hyphens, in small letters.
    let typed = invitation.code.to_lowercase().replace('-', "");
    types_code(&cor, &typed).await?;
    let digits = joins(&cor).await?;
    approves(&ana, cor.name, &digits).await?;
    ana.finds_item(MEMBERS, &["Cor", COORDINATOR]).await?;
    ana.finds_item("Uitnodigingen", &[COORDINATOR, "Gemaakt door Ana · Gebruikt"])
        .await?;
    ana.looks_over("leden").await?;
    cor.goes_to("Nalezen", "/app/nalezen").await?;
    relay_never_saw(&relay, &invitation)?;
    ana.has_no_complaint().await?;
    cor.has_no_complaint().await
}

/// By scanning; while the inviter keeps the picture on her screen, a volunteer is approved by itself.
pub(super) async fn somebody_joins_by_picture(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let invitation = invites_who_need_not_wait(&ana).await?;
    let scanned = ana.scans("QR-code van de uitnodiging").await?;
    ensure!(scanned == invitation.link, "the picture leads to {scanned}");
    let bea = stage.person("Bea", &relay.url()).await?;
    follows_invitation(&bea, &relay, &invitation).await?;
    bea.fills("Jouw naam", "Bea").await?;
    bea.presses("Meedoen").await?;
    has_a_clean_address(&bea).await?;
    ana.finds_item(MEMBERS, &["Bea", VOLUNTEER]).await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    writes(&bea, "De eerste", "Nu als lid.").await?;
    sees_it_safe(&bea).await?;
    relay_never_saw(&relay, &invitation)?;
    ana.has_no_complaint().await?;
    bea.has_no_complaint().await
}

/// Garbled, used, revoked, expired: four answers, each its own.
pub(super) async fn a_bad_invitation_is_refused_in_words(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let used = invites_and_leaves(&ana, COORDINATOR).await?;
    let revoked = invites(&ana, VOLUNTEER).await?;
    ana.reads("Vrijwilliger · geldig tot").await?;
    ana.presses(REVOKE).await?;
    ana.says_yes("intrekken").await?;
    is_led_to_outcome(&ana, "Je uitnodiging").await?;
    ana.reads("Deze uitnodiging is ingetrokken.").await?;
    ana.reads_no("Vrijwilliger · geldig tot").await?;
    ana.presses("Klaar").await?;
    // In the list, the keyboard stays at the invitation that was taken back.
    invites(&ana, VOLUNTEER).await?;
    ana.presses("Klaar").await?;
    ana.presses_in_item(INVITATIONS, "Vrijwilliger Gemaakt door Ana · Geldig tot", REVOKE)
        .await?;
    ana.says_yes("intrekken").await?;
    is_led_to_outcome(&ana, "Ingetrokken").await?;
    ana.goes_to("Mijn verhalen", "/app/verhalen").await?;
    let expired = invites_and_leaves(&ana, VOLUNTEER).await?;
    let bea = stage.person("Bea", &relay.url()).await?;
    follows_invitation(&bea, &relay, &used).await?;
    joins(&bea).await?;

    let dirk = stage.person("Dirk", &relay.url()).await?;
    dirk.opens("/app/").await?;
    let garbled = garbled(&used.code)?;
    let mut answers = BTreeSet::new();
    answers.insert(refusal(&dirk, &garbled).await?);
    dirk.looks_over("uitnodiging-geweigerd").await?;
    answers.insert(refusal(&dirk, &used.code).await?);
    answers.insert(refusal(&dirk, &revoked.code).await?);
    refuses(&ana, &bea).await?;
    // Another invitation lets her in all the same.
    let again = invites_and_leaves(&ana, VOLUNTEER).await?;
    types_code(&bea, &again.code).await?;
    let digits = joins(&bea).await?;
    approves(&ana, bea.name, &digits).await?;
    bea.goes_to("Mijn verhalen", "/app/verhalen").await?;
    relay.stop().await?;
    relay.start_again_later(Duration::from_hours(25)).await?;
    answers.insert(refusal(&dirk, &expired.code).await?);
    ensure!(answers.len() == 4, "there are {answers:#?}");
    ana.has_no_complaint_but(crate::person::LOST_RELAY).await?;
    dirk.has_no_complaint_but(crate::person::LOST_RELAY).await
}

/// The six digits differ: who waits never comes in.
async fn refuses(person: &Person<'_>, other: &Person<'_>) -> anyhow::Result<()> {
    person.reads("1 persoon wacht").await?;
    person.goes_to("Leden", "/app/leden").await?;
    person.looks_over("leden-iemand-wacht").await?;
    person.presses("De cijfers verschillen").await?;
    person.looks_over("leden-weigeren").await?;
    person.says_yes("niet toelaten").await?;
    person.reads_no("1 persoon wacht").await?;
    person.reads_no(other.name).await?;
    other.reads("Je bent niet toegelaten").await?;
    other.looks_over("niet-toegelaten").await
}

async fn types_code(person: &Person<'_>, code: &str) -> anyhow::Result<()> {
    person.opens("/app/").await?;
    person.follows("Ik heb een uitnodiging").await?;
    person.comes_to("/app/uitnodiging").await?;
    person.fills("Uitnodigingscode", code).await?;
    person.presses("Verder").await
}

/// What a person is told who may not come in with this code.
async fn refusal(person: &Person<'_>, code: &str) -> anyhow::Result<String> {
    types_code(person, code).await?;
    person.says(Role::Alert).await
}

/// The same code with another first character: the check character no longer fits.
fn garbled(code: &str) -> anyhow::Result<String> {
    let rest = code.get(1..).context("a code of one character")?;
    Ok(format!("{}{rest}", if code.starts_with('7') { '8' } else { '7' }))
}

async fn has_a_clean_address(person: &Person<'_>) -> anyhow::Result<()> {
    let address = person.address().await?;
    ensure!(!address.contains('#'), "the address bar holds {address}");
    Ok(())
}

/// The invitation's seed is in no file and in no line of the relay, however it is written.
fn relay_never_saw(relay: &Relay, invitation: &Invitation) -> anyhow::Result<()> {
    let code = &invitation.code;
    let plain = code.replace('-', "");
    let seed = seed(&plain)?;
    let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let words = [
        code.clone(),
        code.to_lowercase(),
        plain.to_lowercase(),
        plain,
        hex,
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    traces::must_hold_none(relay.folder(), &words)?;
    let files = traces::search_bytes(relay.folder(), &seed)?;
    ensure!(files.is_empty(), "the seed is in {files:?}");
    Ok(())
}

/// The ten bytes that sixteen symbols stand for; the last symbol only checks them.
fn seed(code: &str) -> anyhow::Result<Vec<u8>> {
    const SYMBOLS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    ensure!(code.len() == 17, "a code of {} symbols", code.len());
    let mut bits: u128 = 0;
    for symbol in code.chars().take(16) {
        let value = SYMBOLS
            .find(symbol)
            .with_context(|| format!("the symbol {symbol}"))?;
        bits = bits << 5 | u128::try_from(value)?;
    }
    Ok(bits.to_be_bytes().get(6..).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_for_ten_bytes() {
        assert_eq!(seed("00000000000000010").unwrap(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(seed("ZZZZZZZZZZZZZZZZ0").unwrap(), [0xff; 10]);
        assert!(seed("ZZZZ").is_err());
    }
}
