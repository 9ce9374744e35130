//! Several people and one story.

use super::steps::network::{COORDINATOR, VOLUNTEER, finds_signal, found_network, member};
use super::steps::review::{QUEUE, is_led_to_outcome, reads_again};
use super::steps::story::{MINE, opens_story, sees_it_safe, submits, writes};
use crate::person::{LOST_RELAY, Role};
use crate::stage::Stage;
use anyhow::ensure;

const TITLE: &str = "De bank onder de linde";
const CHANGED: &str = "Wat is er veranderd?";

/// M7: what two people change in different fields stays; the same field shows both, and one of them chooses.
pub(super) async fn two_versions_are_shown_and_chosen(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let cor = member(stage, &relay, &ana, "Cor", COORDINATOR).await?;
    writes(&cor, TITLE, "Er kwam een bank.").await?;
    cor.fills(CHANGED, "Nog niets.").await?;
    submits(&cor).await?;
    sees_it_safe(&cor).await?;
    let story = cor.address().await?;
    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.finds_item(QUEUE, &[TITLE]).await?;
    ana.opens(&story).await?;
    ana.finds_in(CHANGED, "Nog niets.").await?;

    relay.stop().await?;
    ana.fills("Wie deed mee?", "De hele straat.").await?;
    ana.fills(CHANGED, "Wij groeten elkaar.").await?;
    cor.fills("Tips voor anderen", "Begin met koffie.").await?;
    cor.fills(CHANGED, "Er wordt weer gepraat.").await?;
    relay.start_again().await?;

    finds_signal(&ana).await?;
    finds_signal(&cor).await?;
    for person in [&ana, &cor] {
        person.finds_in("Wie deed mee?", "De hele straat.").await?;
        person.finds_in("Tips voor anderen", "Begin met koffie.").await?;
        reads_again(person, TITLE).await?;
        person.sees(Role::Region, "Twee versies").await?;
    }
    let versions = ana.text_of(Role::Region, "Twee versies").await?;
    for part in ["Wij groeten elkaar.", "Er wordt weer gepraat.", "Ana", "Cor"] {
        ensure!(versions.contains(part), "no “{part}” in: {versions}");
    }
    // Each with the time of day at which it was written.
    ensure!(count_times(&versions) >= 2, "no two times in: {versions}");
    ana.looks_over("twee-versies").await?;
    ana.keeps_version("Er wordt weer gepraat.").await?;
    ana.says_yes("houden").await?;
    is_led_to_outcome(&ana, "Deze versie blijft.").await?;
    for person in [&ana, &cor] {
        person.sees_no(Role::Region, "Twee versies").await?;
        person.reads("Er wordt weer gepraat.").await?;
        person.reads_no("Wij groeten elkaar.").await?;
    }
    for person in [&ana, &cor] {
        person.has_no_complaint_but(LOST_RELAY).await?;
    }
    Ok(())
}

/// Words like `14:02` or `14.02`.
fn count_times(text: &str) -> usize {
    let is_time = |word: &&str| {
        let word = word.trim_end_matches(['.', ',', ';']);
        let mut parts = word.split([':', '.']);
        let is_number = |part: Option<&str>| {
            part.is_some_and(|part| {
                (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        is_number(parts.next()) && is_number(parts.next()) && parts.next().is_none()
    };
    text.split_whitespace().filter(is_time).count()
}

/// K3: another volunteer's story is on no list and at no address of hers; a coordinator has all.
pub(super) async fn a_volunteer_sees_only_hers(stage: &Stage) -> anyhow::Result<()> {
    let (relay, ana) = found_network(stage).await?;
    let bea = member(stage, &relay, &ana, "Bea", VOLUNTEER).await?;
    let dirk = member(stage, &relay, &ana, "Dirk", VOLUNTEER).await?;
    writes(&bea, "Van Bea", "Alleen voor Bea en de coördinatoren.").await?;
    submits(&bea).await?;
    sees_it_safe(&bea).await?;
    let story_of_bea = bea.address().await?;
    writes(&dirk, "Van Dirk", "Alleen voor Dirk en de coördinatoren.").await?;
    submits(&dirk).await?;
    sees_it_safe(&dirk).await?;

    ana.goes_to("Nalezen", "/app/nalezen").await?;
    ana.finds_item(QUEUE, &["Van Bea", "Bea"]).await?;
    ana.finds_item(QUEUE, &["Van Dirk", "Dirk"]).await?;
    // What comes after hers at the relay has arrived, so hers would have.
    opens_story(&bea, "Van Bea").await?;
    bea.types("Wat gebeurde er?", " Tot hier.").await?;
    sees_it_safe(&bea).await?;
    dirk.goes_to("Mijn verhalen", "/app/verhalen").await?;
    dirk.finds_item(MINE, &["Van Dirk"]).await?;
    dirk.reads_no("Van Bea").await?;
    dirk.reads_no("Nalezen").await?;
    dirk.opens(&story_of_bea).await?;
    dirk.says(Role::Alert).await?;
    dirk.reads_no("Van Bea").await?;
    dirk.opens(&story_of_bea.replace("/verhalen/", "/nalezen/"))
        .await?;
    dirk.says(Role::Alert).await?;
    dirk.reads_no("Van Bea").await?;
    for person in [&ana, &bea, &dirk] {
        person.has_no_complaint().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::count_times;

    #[test]
    fn times_are_counted() {
        assert_eq!(count_times("Ana, zaterdag 14:02. Cor, zaterdag 9.15"), 2);
        assert_eq!(count_times("24 november 2026, versie 1.2.3"), 0);
    }
}
