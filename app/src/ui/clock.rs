//! The device's clock and calendar: for display only.

use js_sys::Date;
use texts::Locale;

/// Returns now, in milliseconds.
pub fn now_ms() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a date of today fits"
    )]
    let now = Date::now() as u64;
    now
}

/// Says a day: "vandaag", "gisteren", "12 november", with the year where it is another one.
pub fn day(texts: Locale, at_ms: u64) -> String {
    let (at, now) = (local(at_ms), Date::new_0());
    let yesterday = Date::new_0();
    yesterday.set_date(now.get_date().saturating_sub(1));
    if same_day(&at, &now) {
        return texts.day_today().into();
    }
    if same_day(&at, &yesterday) {
        return texts.day_yesterday().into();
    }
    let day = texts.day_of_month(at.get_date().into());
    let month = texts.month(u64::from(at.get_month()) + 1);
    if at.get_full_year() == now.get_full_year() {
        texts.day_this_year(&day, month)
    } else {
        texts.day_other_year(&day, month, &at.get_full_year().to_string())
    }
}

/// Says a moment: "vandaag om 14:02".
pub fn moment(texts: Locale, at_ms: u64) -> String {
    let at = local(at_ms);
    let time = format!("{:02}:{:02}", at.get_hours(), at.get_minutes());
    texts.day_moment(&day(texts, at_ms), &time)
}

/// The last moment of a day written as `2026-11-24`, on this device's calendar.
pub fn end_of_day(day: &str) -> Option<u64> {
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let date = Date::new_0();
    date.set_full_year_with_month_date(year, i32::try_from(month).ok()? - 1, i32::try_from(day).ok()?);
    date.set_hours(23);
    date.set_minutes(59);
    date.set_seconds(59);
    date.set_milliseconds(999);
    let at = date.get_time();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a date that a person chose fits, one before 1970 is past"
    )]
    let at_ms = at as u64;
    at.is_finite().then_some(at_ms)
}

fn local(at_ms: u64) -> Date {
    Date::new(&(at_ms as f64).into())
}

fn same_day(one: &Date, other: &Date) -> bool {
    let key = |date: &Date| (date.get_full_year(), date.get_month(), date.get_date());
    key(one) == key(other)
}
