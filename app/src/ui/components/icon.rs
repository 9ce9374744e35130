//! Pictures in the colour and size of the text beside them.

use leptos::prelude::*;

/// What is drawn. An icon never stands alone: the words beside it say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// An open book: stories.
    Book,
    /// Glasses: to read what was handed in.
    Glasses,
    /// A pin on a map.
    Pin,
    /// Two people: members.
    People,
    /// One person: the teller.
    Person,
    /// A phone: this device.
    Device,
    /// Something new.
    Plus,
    /// It waits.
    Clock,
    /// It is safe.
    Shield,
    /// Yes.
    Check,
    /// No.
    Cross,
    /// Something is wrong.
    Warning,
    /// Something to know.
    Info,
    /// On its way.
    Send,
    /// No connection.
    Offline,
    /// Online, for everybody.
    Globe,
    /// Onwards.
    Next,
    /// Back.
    Back,
    /// A pencil: to write.
    Pencil,
    /// To remove.
    Bin,
    /// A question to the author.
    Question,
    /// To look at.
    Eye,
    /// To say aloud.
    Voice,
    /// Two sheets: to copy, or two versions.
    Copies,
    /// A closed lock: may only be read.
    Lock,
    /// A mobile's sign for passing on.
    Share,
    /// Once more.
    Again,
    /// A camera: photos.
    Camera,
    /// To record.
    Microphone,
    /// To stop a recording.
    Stop,
    /// To listen.
    Play,
}

impl Icon {
    /// Path data within 24 by 24, to be stroked.
    fn path(self) -> &'static str {
        match self {
            Self::Book => {
                "M4 5h6a2 2 0 0 1 2 2v13a2 2 0 0 0-2-2H4zM20 5h-6a2 2 0 0 0-2 2v13a2 2 0 0 1 2-2h6z"
            }
            Self::Glasses => {
                "M6 18.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M18 18.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M9.5 14.5c1.4-1.3 3.6-1.3 5 0M2.6 14 5 6.5M21.4 14 19 6.5"
            }
            Self::Pin => {
                "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0C18.5 15.4 12 21 12 21zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6"
            }
            Self::People => {
                "M9 11.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M3 20c0-3.6 2.7-6 6-6s6 2.4 6 6M16 5.2a3 3 0 0 1 0 5.8M18 14.6c1.9.8 3 2.7 3 5.4"
            }
            Self::Person => {
                "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M5 20.5c0-3.9 3.1-6.5 7-6.5s7 2.6 7 6.5"
            }
            Self::Device => {
                "M9 2.5h6a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2zM11 18h2"
            }
            Self::Plus => "M12 5v14M5 12h14",
            Self::Clock => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2",
            Self::Shield => "M12 3 5 6v5c0 4.5 3 8 7 10 4-2 7-5.5 7-10V6zM9 12l2 2 4-4",
            Self::Check => "M20 6 9 17l-5-5",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Warning => "M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.1",
            Self::Info => "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5.5M12 7.6v.1",
            Self::Send => "M12 19V5M6 11l6-6 6 6",
            Self::Offline => {
                "M3 3l18 18M5 12.5a10 10 0 0 1 4.5-2.4M19 12.5a10 10 0 0 0-3.5-2.1M8.5 16a5 5 0 0 1 6.2-.6M2 8.8a15 15 0 0 1 4-2.5M22 8.8A15 15 0 0 0 11 5.1M12 19.9v.1"
            }
            Self::Globe => {
                "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M3 12h18M12 3c2.5 2.6 3.8 5.6 3.8 9s-1.3 6.4-3.8 9c-2.5-2.6-3.8-5.6-3.8-9S9.5 5.6 12 3"
            }
            Self::Next => "M9 5l7 7-7 7",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Pencil => "M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5 17.5 10",
            Self::Bin => "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10.3 11v5M13.7 11v5",
            Self::Question => {
                "M4 5h16v11.5h-8L7.5 20.5v-4H4zM9.9 9.2a2.1 2.1 0 1 1 2.9 2c-.6.3-.8.7-.8 1.3M12 14.3v.1"
            }
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6"
            }
            Self::Voice => "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
            Self::Copies => "M9 8.5h11v12H9zM15 8.5v-5H4v12h5",
            Self::Lock => "M6 10.5h12v10H6zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5",
            Self::Share => "M12 15V3.5M8 7l4-3.5L16 7M8 10.5H5.5v10h13v-10H16",
            Self::Camera => {
                "M4 7.5h3.5L9 5h6l1.5 2.5H20a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18V9A1.5 1.5 0 0 1 4 7.5zM12 16.8a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2"
            }
            Self::Microphone => {
                "M12 14.5a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5.5a3 3 0 0 0 3 3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3.5M8.5 21.5h7"
            }
            Self::Stop => "M6.5 6.5h11v11h-11z",
            Self::Play => "M7.5 4.5v15l12-7.5z",
            Self::Again => "M20 12a8 8 0 1 1-2.3-5.6M20 3.5V8h-4.5",
        }
    }
}

/// Draws an icon; screen readers pass it by.
#[component]
pub fn Drawn(
    /// What is drawn.
    #[prop(into)]
    icon: Signal<Icon>,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=move || icon.get().path() />
        </svg>
    }
}
