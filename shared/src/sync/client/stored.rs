//! The shape of all that a device stores, beside the version that it goes by. What an older build would refuse or lose
//! takes another version (W6).
//!
//! The shapes are found by asking the decoders. Keys of a map from 64 on are not among them: every build reads past
//! those that it does not know.

use super::disk::{
    BackfillState, BlobRow, Body, DeviceSecrets, Draft, ErasedRow, Founding, Head, HeldKey, Identity,
    InboxRow, IntentRow, Joining, Journal, Line, LivingRow, MediaRow, Names, OnlineMedia, OutboxRow,
    Progress, PublishIntent, Published, RowCover, STATES, SoundRow, Stage, TellerDraft, Verdict, Wanted,
    inbox_key, meta, outbox_key,
};
use super::drafts;
use super::network::{Keyring, KeyringRow};
use crate::cbor;
use crate::entry::{AuthorSpan, Collection, GroupId};
use crate::id::{DocumentId, EntryId, Seq};
use crate::membership::{Device, DeviceState, EpochKey, Invitation, InvitationUse, Member, Role, State};
use crate::model::media::Part;
use crate::protocol::BackfillPosition;
use crate::storage::{DEVICE_VERSION, Table};
use minicbor::Decode;
use std::any::type_name;

const NULL: u8 = 0xf6;

/// What an item can be, and the smallest of each.
const KINDS: [(&str, u8); 6] = [
    ("number", 0x00),
    ("bytes", 0x40),
    ("text", 0x60),
    ("list", 0x80),
    ("map", 0xa0),
    ("bool", 0xf4),
];

trait Stored: for<'b> Decode<'b, ()> {}
impl<T: for<'b> Decode<'b, ()>> Stored for T {}

#[test]
fn w6_what_is_stored_has_the_shape_of_its_version() {
    let mut lines = vec![
        format!("version {DEVICE_VERSION}"),
        format!("tables {}", Table::ALL.map(Table::name).join(" ")),
        format!("rows of meta {}", names_of_meta()),
        format!("key in inbox {}", hex(&inbox_key(DocumentId([1; 16]), Seq(2)))),
        format!("key in outbox {}", hex(&outbox_key(1, EntryId([2; 32])))),
    ];
    let keys = drafts::keys(DocumentId([1; 16])).into_iter();
    lines.extend(keys.map(|(name, key)| format!("key in drafts {} {name}", hex(&key))));
    lines.push(format!(
        "states {}",
        STATES.map(|state| format!("{state:?}")).join(" ")
    ));
    lines.extend([
        map::<Identity>(),
        map::<DeviceSecrets>(),
        variants::<Stage>(),
        map::<Founding>(),
        map::<Joining>(),
        list::<Progress>(),
        map::<BackfillState>(),
        list::<BackfillPosition>(),
        list::<Keyring>(),
        list::<KeyringRow>(),
        map::<Names>(),
        map::<Wanted>(),
        map::<ErasedRow>(),
        list::<State>(),
        list::<Member>(),
        list::<Device>(),
        codes::<DeviceState>(),
        codes::<Role>(),
        list::<Invitation>(),
        codes::<InvitationUse>(),
        list::<EpochKey>(),
        variants::<GroupId>(),
        map::<Head>(),
        codes::<Collection>(),
        list::<HeldKey>(),
        map::<Line>(),
        list::<Published>(),
        list::<OnlineMedia>(),
        map::<Body>(),
        list::<AuthorSpan>(),
        variants::<Draft>(),
        list::<TellerDraft>(),
        map::<OutboxRow>(),
        map::<InboxRow>(),
        codes::<Verdict>(),
        map::<LivingRow>(),
        map::<RowCover>(),
        map::<Journal>(),
        variants::<IntentRow>(),
        map::<PublishIntent>(),
        map::<MediaRow>(),
        map::<BlobRow>(),
        variants::<Part>(),
        map::<SoundRow>(),
    ]);
    let lines = lines.join("\n") + "\n";
    assert_eq!(
        lines,
        include_str!("stored/golden.txt"),
        "what is stored changed: move DEVICE_VERSION, or older builds take over what they cannot read\n{lines}"
    );
}

fn names_of_meta() -> String {
    let names = meta::OF_NETWORK.iter().chain([&meta::ERASED]);
    let names = names.map(|name| String::from_utf8_lossy(name));
    names.collect::<Vec<_>>().join(" ")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keys of a map, and what is under each.
fn map<T: Stored>() -> String {
    let before = |key: u8| match key {
        0..24 => vec![0xa1, key],
        _ => vec![0xa1, 0x18, key],
    };
    let is_known = |key: &u8| !refusal::<T>(&[&before(*key)[..], &[NULL]].concat()).contains("unknown");
    let keys = (0..64).filter(is_known);
    let keys = keys.map(|key| format!("{key} {}", kind::<T>(&before(key))));
    format!("{} map of {}", name::<T>(), keys.collect::<Vec<_>>().join(", "))
}

/// How many items a list has.
fn list<T: Stored>() -> String {
    let items = |len: u8| [vec![0x80 + len], vec![NULL; usize::from(len)]].concat();
    let is_right = |len: &u8| !refusal::<T>(&items(*len)).contains("another length");
    let len = (0..24).find(is_right).unwrap();
    format!("{} list of {len}", name::<T>())
}

/// Codes of an enum, and what is with each.
fn variants<T: Stored>() -> String {
    let is_known = |bytes: &[u8]| !refusal::<T>(bytes).contains("unknown");
    let known = (0..24).filter_map(|code: u8| match code {
        bare if is_known(&[0x81, bare]) => Some(bare.to_string()),
        with if is_known(&[0x82, with, NULL]) => Some(format!("{with} {}", kind::<T>(&[0x82, with]))),
        _ => None,
    });
    format!("{} one of {}", name::<T>(), known.collect::<Vec<_>>().join(", "))
}

/// Codes of an enum without payloads.
fn codes<T: Stored>() -> String {
    let known = (0..24_u8).filter(|code| cbor::decode::<T>(&[*code]).is_ok());
    let known: Vec<_> = known.map(|code| code.to_string()).collect();
    format!("{} one of {}", name::<T>(), known.join(", "))
}

/// What the item has to be that follows `before`.
fn kind<T: Stored>(before: &[u8]) -> &'static str {
    let fits = |item: u8| !refusal::<T>(&[before, &[item]].concat()).contains("unexpected type");
    let found = KINDS.into_iter().find(|(_, item)| fits(*item));
    found.map_or("nothing", |(kind, _)| kind)
}

/// Why `bytes` are no `T`; nothing where they are one.
fn refusal<T: Stored>(bytes: &[u8]) -> String {
    let read = cbor::decode::<T>(bytes);
    read.err().map(|error| error.to_string()).unwrap_or_default()
}

fn name<T>() -> &'static str {
    type_name::<T>().rsplit("::").next().unwrap_or_default()
}
