//! Whether this device belongs to a network.

use crate::ui::memo::memo;
use crate::ui::use_go;
use crate::ui::view::use_view;
use leptos::prelude::*;
use shared::view::Standing;

/// The network of this device: there is one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Network {
    /// The core has not told yet.
    Unknown,
    /// It has none.
    None,
    /// It has this one, or waits to be let in.
    Of(String),
}

/// Reads what the core told last.
pub fn use_network() -> Memo<Network> {
    let view = use_view();
    memo(move || {
        view.standing.with(|standing| match standing {
            None => Network::Unknown,
            // Refused before she was let in: that is no network of hers.
            Some(
                Standing::Alone
                | Standing::Removed {
                    was_admitted: false, ..
                },
            ) => Network::None,
            Some(
                Standing::Waiting { network, .. }
                | Standing::Member { network, .. }
                | Standing::Removed { network, .. }
                | Standing::Broken { network },
            ) => Network::Of(network.clone()),
        })
    })
}

/// Goes to the first screen as soon as this device gets a network.
pub fn go_home_when_joined(network: Memo<Network>) {
    let go = use_go();
    Effect::new(move |before: Option<Network>| {
        let now = network.get();
        if before == Some(Network::None) && matches!(now, Network::Of(_)) {
            go("/app/");
        }
        now
    });
}
