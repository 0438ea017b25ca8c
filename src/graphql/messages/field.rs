//! The messages of fields that cannot be taken as they are filled in.

use super::Language;
use crate::domain::field::{FieldFault, FieldFaultReason};
use crate::domain::nominee::NomineeField;
use crate::domain::story::fields::StoryField;

impl Language {
    /// The name of a nominee's field.
    #[must_use]
    pub fn nominee_field(self, field: NomineeField) -> &'static str {
        match field {
            NomineeField::Number => self.pick("number", "编号"),
            NomineeField::Name => self.pick("name", "姓名"),
            NomineeField::Employer => self.pick("employer", "单位"),
            NomineeField::City => self.pick("city", "城市"),
            NomineeField::Title => self.pick("title", "职务"),
            NomineeField::Summary => self.pick("summary", "事迹简介"),
            NomineeField::Category => self.pick("category", "类别"),
        }
    }

    /// The message of a nominee's field that cannot be taken.
    #[must_use]
    pub fn nominee_fault(self, fault: &FieldFault<NomineeField>) -> String {
        self.field_fault(self.nominee_field(fault.field), fault.reason)
    }

    /// The message of a story's field that cannot be taken.
    #[must_use]
    pub fn story_fault(self, fault: &FieldFault<StoryField>) -> String {
        self.field_fault(self.story_field(fault.field), fault.reason)
    }

    /// The message of a field, by its name, that cannot be taken.
    pub(super) fn field_fault(self, name: &str, reason: FieldFaultReason) -> String {
        match (reason, self) {
            (FieldFaultReason::Missing, Self::English) => format!("The {name} is missing."),
            (FieldFaultReason::Missing, Self::Chinese) => format!("请填写{name}。"),
            (FieldFaultReason::TooLong { chars_max }, Self::English) => {
                format!("The {name} has more than {chars_max} characters: shorten it.")
            }
            (FieldFaultReason::TooLong { chars_max }, Self::Chinese) => {
                format!("{name}超过{chars_max}个字，请缩短。")
            }
            (FieldFaultReason::ControlCharacter, Self::English) => {
                format!(
                    "The {name} has a line break or a character that cannot be printed: remove it."
                )
            }
            (FieldFaultReason::ControlCharacter, Self::Chinese) => {
                format!("{name}含有换行或无法显示的字符，请删除。")
            }
            (FieldFaultReason::OutOfRange { min, max }, Self::English) => {
                format!("The {name} must be a whole number from {min} to {max}.")
            }
            (FieldFaultReason::OutOfRange { min, max }, Self::Chinese) => {
                format!("{name}必须是{min}到{max}之间的整数。")
            }
        }
    }
}
