//! What people write, drawn (P6): the same nodes as on the public page, never HTML.

use leptos::prelude::*;
use shared::prose::{self, Block, Inline};

/// A text in the small Markdown of stories.
#[component]
pub fn Written(
    /// The text.
    text: String,
) -> impl IntoView {
    prose::read(&text).into_iter().map(block).collect_view()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(line) => view! { <p>{inline(line)}</p> }.into_any(),
        Block::Quote(line) => view! { <blockquote>{inline(line)}</blockquote> }.into_any(),
        Block::List { ordered: true, items } => view! { <ol>{list(items)}</ol> }.into_any(),
        Block::List {
            ordered: false,
            items,
        } => view! { <ul>{list(items)}</ul> }.into_any(),
    }
}

fn list(items: Vec<Vec<Inline>>) -> Vec<AnyView> {
    items
        .into_iter()
        .map(|item| view! { <li>{inline(item)}</li> }.into_any())
        .collect()
}

fn inline(line: Vec<Inline>) -> Vec<AnyView> {
    let node = |node| match node {
        Inline::Text(text) => text.into_any(),
        Inline::Break => view! { <br /> }.into_any(),
        Inline::Strong(inner) => view! { <strong>{inline(inner)}</strong> }.into_any(),
        Inline::Stress(inner) => view! { <em>{inline(inner)}</em> }.into_any(),
        Inline::Link { to, words } => view! {
            <a href=to rel="nofollow ugc noopener" target="_blank">
                {inline(words)}
            </a>
        }
        .into_any(),
    };
    line.into_iter().map(node).collect()
}
