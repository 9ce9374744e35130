use super::{YES, edit};
use shared::view::{MediaEdit, MediaField};

#[test]
fn an_answer_is_yes_no_or_none_yet() {
    let recognisable = |value: &str| edit(MediaField::Recognisable, value.to_owned());
    assert_eq!(recognisable("yes"), MediaEdit::Recognisable(Some(true)));
    assert_eq!(recognisable("no"), MediaEdit::Recognisable(Some(false)));
    assert_eq!(recognisable(""), MediaEdit::Recognisable(None));
}

#[test]
fn what_is_typed_goes_to_its_field() {
    let text = |field| edit(field, "soep".to_owned());
    assert_eq!(
        text(MediaField::Description),
        MediaEdit::Description("soep".to_owned())
    );
    assert_eq!(text(MediaField::Who), MediaEdit::Who("soep".to_owned()));
    assert_eq!(text(MediaField::Text), MediaEdit::Text("soep".to_owned()));
    assert_eq!(text(MediaField::WriteDownOnly), MediaEdit::WriteDownOnly(false));
    let ticked = edit(MediaField::WriteDownOnly, YES.to_owned());
    assert_eq!(ticked, MediaEdit::WriteDownOnly(true));
}
