//! Photos between devices, over a line that breaks.

use crate::running::Running;
use crate::thread::{STORY, is_submitted, network};
use shared::command::{Command, Reply};
use shared::view::{MediaEdit, Role, StoryState, Use, Whereabouts, Which};
use tests::camera;
use tests::member::Seen;

const BEA: [(&str, Role); 1] = [("Bea", Role::Volunteer)];

/// Where each connection breaks, in bytes of both directions.
const BREAK_BYTES: u64 = 256 * 1024;

/// A picture of so many bytes, as far as anybody looks.
fn jpeg(len: usize) -> Vec<u8> {
    let noise = (0..len).map(|at| u8::try_from(at * 7 % 251).unwrap());
    [0xff, 0xd8, 0xff].into_iter().chain(noise).take(len).collect()
}

/// S12: each break costs the part that was under way, and nothing of what the relay has.
#[tokio::test]
async fn s12_a_photo_gets_through_a_line_that_breaks() {
    let (relay, line) = Running::start_behind_a_line().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = bea.write_story(&STORY).await.unwrap();
    bea.sees_safe(&story).await.unwrap();
    let before = bea.sees().traffic.bytes_sent;
    line.cuts([BREAK_BYTES; 6]);
    let len = 700_000;
    let photo = bea.photographs(&story, &jpeg(len), &jpeg(9_000)).await.unwrap();
    let is_sent = |seen: &Seen| seen.link.online && seen.link.unsent_media == 0;
    bea.until("the photo is sent", is_sent).await.unwrap();
    assert!(line.n_cut() >= 2, "{} breaks", line.n_cut());
    let sent = bea.sees().traffic.bytes_sent - before;
    assert!(sent * 2 <= 3 * (len as u64 + 9_000), "{sent} bytes for {len}");
    let shown = bea.reads(&story).await.unwrap();
    assert_eq!(shown.photos[0].whereabouts, Some(Whereabouts::Safe));

    let listed = |seen: &Seen| seen.rows.get(&story).is_some_and(|row| row.n_photos == 1);
    ana.until("the photo is listed", listed).await.unwrap();
    let load = Command::LoadMedia {
        id: story.clone(),
        media: photo,
        which: Which::Full,
    };
    assert_eq!(ana.ask(load.clone()).await.unwrap(), Ok(Reply::MediaComing));
    ana.does(Command::OpenStory { id: story.clone() }).await.unwrap();
    let is_here = |seen: &Seen| {
        seen.stories
            .get(&story)
            .is_some_and(|view| view.photos[0].has_full)
    };
    ana.until("the photo is here", is_here).await.unwrap();
    let Ok(Reply::Media { bytes, media_type }) = ana.ask(load).await.unwrap() else {
        panic!("the photo is here")
    };
    assert!(bytes == jpeg(len));
    assert_eq!(media_type, "image/jpeg");
    relay.stop().await;
}

#[tokio::test]
async fn p1_a_photo_is_published_without_what_the_camera_wrote() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = bea.write_story(&STORY).await.unwrap();
    let exif = camera::exif_with_place();
    let jpeg = camera::jpeg(1600, 1200, Some(&exif), |column, row| {
        u8::try_from((column * row) % 256).unwrap()
    });
    let small = camera::jpeg(160, 120, None, |_, _| 9);
    let photo = bea.photographs(&story, &jpeg, &small).await.unwrap();
    let description = MediaEdit::Description("Een soepkar.".to_owned());
    for edit in [description, MediaEdit::Recognisable(Some(false))] {
        bea.tells_of(&story, &photo, edit).await.unwrap();
    }
    bea.consent(&story, &[Use::Website]).await.unwrap();
    bea.submit(&story).await.unwrap();
    let is_sent = |seen: &Seen| seen.link.online && seen.link.unsent_media == 0;
    bea.sees_safe(&story).await.unwrap();
    bea.until("the photo is sent", is_sent).await.unwrap();
    // The photo and the consent came before it.
    is_submitted(&ana, &story).await;
    ana.approve_story(&story).await.unwrap();
    let preview = ana.preview(&story).await.unwrap();
    assert_eq!(preview.photos.len(), 1);
    ana.publish(&story, &preview.digest).await.unwrap();
    let is_online = |seen: &Seen| seen.rows[&story].state == StoryState::Online;
    ana.until("it is online", is_online).await.unwrap();
    let (_, page) = relay.page(&format!("/verhaal/{story}")).await;
    assert!(page.contains("alt=\"Een soepkar.\""), "{page}");
    let address = page.split("src=\"/media/").nth(1).unwrap();
    let (address, _) = address.split_once('"').unwrap();
    let bytes = relay.bytes_of(&format!("/media/{address}")).await;
    assert!(bytes.len() + exif.len() <= jpeg.len());
    assert!(memchr::memmem::find(&bytes, camera::EXIF_WORDS.as_bytes()).is_none());
    relay.stop().await;
}
