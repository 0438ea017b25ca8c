//! Fields that people fill in, by a form or a row of a spreadsheet: one check for both, so that what one takes the
//! other takes too. Faults are values; `graphql::messages` has their texts.

use serde::{Deserialize, Serialize};

/// A field that cannot be taken as it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault<F> {
    /// The field.
    pub field: F,
    /// The reason.
    pub reason: FieldFaultReason,
}

/// The reason why a field cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldFaultReason {
    /// It is empty and may not be.
    Missing,
    /// It has more characters than this.
    TooLong {
        /// The most characters that it may have.
        chars_max: usize,
    },
    /// It has a character that cannot be printed, or a line break where one line is expected.
    ControlCharacter,
    /// It is a number outside these bounds.
    OutOfRange {
        /// The least that it may be.
        min: i64,
        /// The most that it may be.
        max: i64,
    },
}

/// The bounds of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextBounds {
    pub chars_max: usize,
    pub may_be_empty: bool,
    pub may_have_lines: bool,
}

impl TextBounds {
    /// One line that must be there.
    pub const fn required(chars_max: usize) -> Self {
        Self {
            chars_max,
            may_be_empty: false,
            may_have_lines: false,
        }
    }

    /// One line that may be left out.
    pub const fn optional(chars_max: usize) -> Self {
        Self {
            may_be_empty: true,
            ..Self::required(chars_max)
        }
    }

    /// The same for a text of several lines.
    pub const fn with_lines(self) -> Self {
        Self {
            may_have_lines: true,
            ..self
        }
    }
}

/// A text without white space around it and with line feeds for line breaks; a text out of its bounds adds a fault.
pub(super) fn check_text<F>(
    field: F,
    text: &str,
    bounds: TextBounds,
    faults: &mut Vec<FieldFault<F>>,
) -> String {
    let text = text.trim().replace("\r\n", "\n");
    let is_line = |c: char| matches!(c, '\n' | '\t') && bounds.may_have_lines;
    let reason = if text.is_empty() && !bounds.may_be_empty {
        Some(FieldFaultReason::Missing)
    } else if text.chars().any(|c| c.is_control() && !is_line(c)) {
        Some(FieldFaultReason::ControlCharacter)
    } else if text.chars().count() > bounds.chars_max {
        let chars_max = bounds.chars_max;
        Some(FieldFaultReason::TooLong { chars_max })
    } else {
        None
    };
    faults.extend(reason.map(|reason| FieldFault { field, reason }));
    text
}
