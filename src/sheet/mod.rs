//! Spreadsheets as files: reads .xlsx and CSV into rows, writes templates, annotated sheets, exports and
//! reports. It knows no database; `crate::domain::import` plans what rows change.
//!
//! A file of 2 KB can make any reader of this format allocate without bound and abort the process. So a file is read in
//! a child process of the same program ([`child`]), which limits its memory and time before it looks at the file;
//! [`reader`] starts it, waits a bounded time, and bounds what it takes from it.

mod annotated;
mod apostrophe;
mod archive;
pub mod child;
mod collector;
mod format;
mod lines;
mod merged;
pub mod reader;
mod report;
mod table;
mod template;
mod text;
mod value;
mod workbook;

pub use annotated::AnnotatedSheet;
pub use report::report_workbook;
pub use table::{TableWriter, Value, WriteError};
pub use template::{Template, template};
