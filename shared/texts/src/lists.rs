//! Lists that people choose from and filter by: the value that is stored, and its words.

use super::Locale;

impl Locale {
    /// Themes of stories, in the order in which they are shown.
    pub fn themes(self) -> [(&'static str, &'static str); 10] {
        [
            ("together", self.theme_together()),
            ("care", self.theme_care()),
            ("poverty", self.theme_poverty()),
            ("youth", self.theme_youth()),
            ("ageing", self.theme_ageing()),
            ("housing", self.theme_housing()),
            ("work", self.theme_work()),
            ("nature", self.theme_nature()),
            ("culture", self.theme_culture()),
            ("newcomers", self.theme_newcomers()),
        ]
    }

    /// Questions that coordinators ask often, to take over with one press.
    pub fn ready_questions(self) -> [&'static str; 4] {
        [
            self.ready_question_who(),
            self.ready_question_change(),
            self.ready_question_place(),
            self.ready_question_consent(),
        ]
    }

    /// Languages that stories are written in, by their BCP 47 tags.
    pub fn languages(self) -> [(&'static str, &'static str); 6] {
        [
            ("nl", self.language_nl()),
            ("fr", self.language_fr()),
            ("en", self.language_en()),
            ("ar", self.language_ar()),
            ("tr", self.language_tr()),
            ("uk", self.language_uk()),
        ]
    }
}
