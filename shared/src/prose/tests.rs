use super::*;

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

/// The nodes of a text that is one paragraph.
fn line(written: &str) -> Vec<Inline> {
    match read(written).as_slice() {
        [Block::Paragraph(line)] => line.clone(),
        blocks => panic!("{blocks:?}"),
    }
}

fn link(to: &str, words: &str) -> Inline {
    Inline::Link {
        to: to.to_owned(),
        words: vec![text(words)],
    }
}

#[test]
fn paragraphs_lists_and_quotations_are_told_apart() {
    let blocks = read(
        "Een tuin.\nZonder hek.\n\n- bonen\n- kast\n  met gereedschap\n1. eerst\n2. dan\n> “Kom.”\n> zei Jan\n\n\n* los\n",
    );
    let items = |items: &[&[Inline]]| items.iter().map(|item| item.to_vec()).collect::<Vec<_>>();
    assert_eq!(
        blocks,
        [
            Block::Paragraph(vec![text("Een tuin."), Inline::Break, text("Zonder hek.")]),
            Block::List {
                ordered: false,
                items: items(&[
                    &[text("bonen")],
                    &[text("kast"), Inline::Break, text("met gereedschap")]
                ]),
            },
            Block::List {
                ordered: true,
                items: items(&[&[text("eerst")], &[text("dan")]]),
            },
            Block::Quote(vec![text("“Kom.”"), Inline::Break, text("zei Jan")]),
            Block::List {
                ordered: false,
                items: items(&[&[text("los")]]),
            },
        ]
    );
}

#[test]
fn weight_and_stress_nest_and_close() {
    assert_eq!(
        line("**heel *erg* zwaar** en _zacht_"),
        [
            Inline::Strong(vec![
                text("heel "),
                Inline::Stress(vec![text("erg")]),
                text(" zwaar")
            ]),
            text(" en "),
            Inline::Stress(vec![text("zacht")]),
        ]
    );
}

#[test]
fn marks_that_mean_nothing_stay_as_they_were_typed() {
    for written in [
        "3 * 4 * 5",
        "snake_case_name",
        "**open",
        "_open",
        "* los",
        "1918. Het was oorlog.",
        "# geen kop",
        "a \\ b",
        "prijs*",
        "<b>vet</b>",
        "&amp;",
    ] {
        assert_eq!(plain(written), written.trim_start_matches("* "), "{written}");
    }
    assert_eq!(line("\\*ster\\*"), [text("*ster*")]);
    assert_eq!(
        line("**a *b** c*"),
        [Inline::Strong(vec![text("a *b")]), text(" c*")]
    );
}

#[test]
fn p6_links_lead_to_https_and_mailto_only() {
    assert_eq!(
        line("Zie [de tuin](https://tuin.example/a_b), of https://tuin.example/x."),
        [
            text("Zie "),
            link("https://tuin.example/a_b", "de tuin"),
            text(", of "),
            link("https://tuin.example/x", "https://tuin.example/x"),
            text("."),
        ]
    );
    assert_eq!(
        line("[schrijf](mailto:jan@tuin.example)"),
        [link("mailto:jan@tuin.example", "schrijf")]
    );
    for address in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " https://a.example",
        "http://a.example",
        "//a.example",
        "/app/",
        "data:text/html,x",
        "https://",
        "https://a.example/\"onclick=x",
        "https://a.example/<b>",
        "https://a.example/\u{202e}x",
        "mailto:",
    ] {
        let written = format!("[x]({address})");
        let links = line(&written);
        let worded = links
            .iter()
            .any(|node| matches!(node, Inline::Link { words, .. } if *words == [text("x")]));
        assert!(!worded, "{written}");
    }
}

#[test]
fn plain_words_have_no_markup() {
    assert_eq!(
        plain("**Zet** je\nbuur\n\n- [bij](https://a.example) ons\n> zacht"),
        "Zet je buur bij ons zacht"
    );
    assert_eq!(plain("\n \n"), "");
}

#[test]
fn hostile_text_is_read_in_one_pass() {
    let patterns = [
        "*a ",
        "**a _b *c ",
        "[",
        "[a](",
        "https://",
        "_*_*",
        "\\",
        "> - 1. ",
        "*a**b*",
        "[[[]](https://x",
    ];
    for pattern in patterns {
        let long = pattern.repeat(200_000 / pattern.len());
        let words = plain(&long);
        assert!(words.len() <= long.len() + 1, "{pattern}");
    }
    for written in [
        "\u{0}",
        "\u{feff}*é*",
        "*",
        "**",
        "***",
        "****",
        "[]()",
        "[",
        "\\",
        ">",
        "-",
        "1.",
        "💬*💬*💬",
    ] {
        let _blocks = read(written);
    }
}
