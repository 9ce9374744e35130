//! A network begins: once, and by whoever holds the code.

use super::steps::network::{ADMIN, MEMBERS, NETWORK, asks_to_found};
use crate::person::Role;
use crate::stage::Stage;

/// A wrong code is refused in words, the right one makes an administrator, a second use finds the network there.
pub(super) async fn a_network_is_founded_once(stage: &Stage) -> anyhow::Result<()> {
    let relay = stage.relay().await?;
    let code = relay.founding_code()?;
    let ana = stage.person("Ana", &relay.url()).await?;
    ana.opens("/app/").await?;
    ana.sees(Role::Heading, "Aanzet").await?;
    ana.looks_over("start").await?;

    asks_to_found(&ana, "0000-0000-0000").await?;
    ana.is_told(Role::Alert, "code").await?;
    ana.sees(Role::Heading, "Netwerk oprichten").await?;
    ana.looks_over("oprichten").await?;
    ana.finds_in("Naam van het netwerk", NETWORK).await?;
    ana.fills("Stichtcode", &code.to_lowercase().replace('-', " "))
        .await?;
    ana.presses("Oprichten").await?;

    ana.goes_to("Leden", "/app/leden").await?;
    ana.finds_item(MEMBERS, &["Ana", ADMIN]).await?;
    ana.reads("tweede beheerder").await?;
    ana.looks_over("leden").await?;

    ana.opens("/app/").await?;
    ana.follows("Tweede beheerder uitnodigen").await?;
    ana.looks_over("tweede-beheerder").await?;
    ana.presses("Uitnodiging maken").await?;
    ana.reads("Beheerder · geldig tot").await?;

    let bob = stage.person("Bob", &relay.url()).await?;
    bob.opens("/app/").await?;
    asks_to_found(&bob, &code).await?;
    bob.is_told(Role::Alert, "is al een netwerk").await?;
    ana.has_no_complaint().await?;
    bob.has_no_complaint().await
}
