//! Rows that this program cannot read, such as a time zone that it does not know: they are left out and named, so that
//! one bad row hides no other.

use std::fmt;

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableRow {
    /// Its table.
    pub table: &'static str,
    /// Its id, where that can be read.
    pub id: Option<Uuid>,
    /// The column that cannot be read, where it is one.
    pub column: Option<String>,
    /// The fault of its value.
    pub cause: String,
}

impl UnreadableRow {
    fn new(table: &'static str, id: Option<Uuid>, error: sqlx::Error) -> Self {
        let (column, cause) = match error {
            sqlx::Error::ColumnDecode { index, source } => (Some(index), source.to_string()),
            other => (None, other.to_string()),
        };
        Self {
            table,
            id,
            column: column.map(|column| column.trim_matches('"').to_owned()),
            cause,
        }
    }
}

/// Names the row and its column, without the value.
impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.table, self.id.unwrap_or_default())?;
        match &self.column {
            Some(column) => write!(f, ", column {column}"),
            None => Ok(()),
        }
    }
}

/// A row of `table`, where it can be read.
pub(super) fn read_row<R, T>(table: &'static str, row: &R) -> Result<T, UnreadableRow>
where
    R: Row,
    T: for<'r> FromRow<'r, R>,
    Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    T::from_row(row).map_err(|error| UnreadableRow::new(table, row.try_get("id").ok(), error))
}
