//! The filter of a list as an address, both ways.

use crate::publications::Filter;
use form_urlencoded::{Serializer, parse};
use shared::places::{Province, municipality};

/// Letters of a search that count.
pub(super) const SEARCH_LETTERS_MAX: usize = 100;

/// Reads the part of an address after `?`. What is unknown or makes no sense is left out: an old or mistyped
/// link still shows stories.
pub(super) fn read(query: &str) -> Filter {
    let mut filter = Filter {
        page: 1,
        ..Filter::default()
    };
    for (key, value) in parse(query.as_bytes()) {
        let value = value.trim();
        let text = || (!value.is_empty()).then(|| value.to_owned());
        match &*key {
            "zoek" => filter.search = value.chars().take(SEARCH_LETTERS_MAX).collect(),
            "gemeente" => {
                filter.municipality = value.parse().ok().and_then(municipality).map(|place| place.nis)
            }
            "provincie" => filter.province = value.parse().ok().and_then(Province::from_nis),
            "thema" => filter.theme = text(),
            "doelgroep" => filter.audience = text(),
            "taal" => filter.language = text(),
            "pagina" => filter.page = value.parse().unwrap_or(1),
            _ => {}
        }
    }
    filter
}

/// Writes the address of a list.
pub(super) fn address(filter: &Filter) -> String {
    let mut query = Serializer::new(String::new());
    let mut pair = |key, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.append_pair(key, value);
        }
    };
    pair("zoek", Some(&filter.search));
    pair(
        "gemeente",
        filter.municipality.map(|nis| nis.to_string()).as_deref(),
    );
    pair(
        "provincie",
        filter
            .province
            .map(|province| province.nis().to_string())
            .as_deref(),
    );
    pair("thema", filter.theme.as_deref());
    pair("doelgroep", filter.audience.as_deref());
    pair("taal", filter.language.as_deref());
    pair(
        "pagina",
        (filter.page > 1).then(|| filter.page.to_string()).as_deref(),
    );
    let query = query.finish();
    if query.is_empty() {
        "/verhalen".to_owned()
    } else {
        format!("/verhalen?{query}")
    }
}
