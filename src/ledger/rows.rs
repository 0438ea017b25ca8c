//! Lists and rows as one argument of a statement: arrays on PostgreSQL; on SQLite JSON, or bytes where it is to be
//! fast.

use std::fmt::Write as _;
use std::io::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo};
use sqlx::{Encode, Postgres, Sqlite, Type};
use uuid::Uuid;

/// A list of ids as one argument: an array on PostgreSQL, a JSON array of hexadecimal texts on SQLite.
#[derive(Debug, Clone)]
pub(crate) struct Ids(pub Vec<Uuid>);

impl Type<Postgres> for Ids {
    fn type_info() -> PgTypeInfo {
        <Vec<Uuid> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Ids {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.encode_by_ref(buffer)
    }
}

impl Type<Sqlite> for Ids {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Ids {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        let mut json = JsonRows::default();
        for id in &self.0 {
            json.value(Some(id.as_bytes()));
        }
        Encode::<Sqlite>::encode(json.finish(), buffer)
    }
}

/// A JSON array, or an array of rows, for SQLite's `json_each`: bytes are hexadecimal texts.
#[derive(Debug, Default)]
pub(crate) struct JsonRows {
    text: String,
}

impl JsonRows {
    fn separate(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('[') {
            self.text.push(',');
        }
    }

    /// Begins a row.
    pub(crate) fn begin(&mut self) {
        self.separate();
        self.text.push('[');
    }

    /// Ends a row.
    pub(crate) fn end(&mut self) {
        self.text.push(']');
    }

    /// Bytes, read back with `unhex(value)`; none is null.
    pub(crate) fn value(&mut self, bytes: Option<&[u8]>) {
        self.separate();
        match bytes {
            Some(bytes) => {
                self.text.push('"');
                data_encoding::HEXUPPER.encode_append(bytes, &mut self.text);
                self.text.push('"');
            }
            None => self.text.push_str("null"),
        }
    }

    /// A whole number.
    pub(crate) fn number(&mut self, number: i64) {
        self.separate();
        let _ = write!(self.text, "{number}");
    }

    /// The whole array.
    pub(crate) fn finish(self) -> String {
        format!("[{}]", self.text)
    }
}

/// A row of fixed width. Its rows are bound one after the other in a blob, for SQLite's `substr`: of a JSON array it
/// parses a row again for each of its columns. [`packed_row!`] makes the writer and the reader from one list of
/// columns.
pub(crate) trait PackedRow {
    /// Its columns, in their order.
    const COLUMNS: &[Column];

    /// Appends the row.
    fn pack(&self, to: &mut Vec<u8>);
}

/// A column of a [`PackedRow`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its name in statements.
    pub name: &'static str,
    /// Its bytes.
    pub width: usize,
    /// The expression that reads it from the byte at this index of the row, counted from 1 as SQLite does.
    pub read: fn(usize) -> String,
}

/// A value of fixed width in a [`PackedRow`].
pub(crate) trait Packed {
    /// Its bytes.
    const WIDTH: usize;

    /// Appends the value.
    fn pack(&self, to: &mut Vec<u8>);

    /// The expression that reads it: see [`Column::read`].
    fn read(at: usize) -> String;
}

impl Packed for Uuid {
    const WIDTH: usize = 16;

    fn pack(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self.as_bytes());
    }

    fn read(at: usize) -> String {
        bytes(at, Self::WIDTH)
    }
}

/// In decimal digits behind spaces, as `CAST` reads it.
impl Packed for i64 {
    const WIDTH: usize = 20;

    fn pack(&self, to: &mut Vec<u8>) {
        // Writing to a vector does not fail.
        let _ = write!(to, "{self:>width$}", width = Self::WIDTH);
    }

    fn read(at: usize) -> String {
        format!("CAST({} AS INTEGER)", bytes(at, Self::WIDTH))
    }
}

/// In the very text that sqlx binds for a time, behind spaces.
impl Packed for DateTime<Utc> {
    const WIDTH: usize = 35;

    fn pack(&self, to: &mut Vec<u8>) {
        let text = self.to_rfc3339_opts(SecondsFormat::AutoSi, false);
        let _ = write!(to, "{text:>width$}", width = Self::WIDTH);
    }

    fn read(at: usize) -> String {
        format!("ltrim(CAST({} AS TEXT))", bytes(at, Self::WIDTH))
    }
}

/// Whether it is there, and then as many bytes as there are in every row.
impl<const N: usize> Packed for Option<[u8; N]> {
    const WIDTH: usize = 1 + N;

    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.is_some().into());
        to.extend_from_slice(&self.unwrap_or([0; N]));
    }

    fn read(at: usize) -> String {
        let is_there = bytes(at, 1);
        let value = bytes(at + 1, N);
        format!("CASE {is_there} WHEN x'01' THEN {value} END")
    }
}

/// As a number, or spaces alone.
impl Packed for Option<i64> {
    const WIDTH: usize = i64::WIDTH;

    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            Some(number) => number.pack(to),
            None => to.extend_from_slice(&[b' '; <Self as Packed>::WIDTH]),
        }
    }

    fn read(at: usize) -> String {
        let text = bytes(at, <Self as Packed>::WIDTH);
        format!("CAST(NULLIF(ltrim(CAST({text} AS TEXT)), '') AS INTEGER)")
    }
}

/// The bytes of a row that begin at this index.
fn bytes(at: usize, width: usize) -> String {
    format!("substr($1, o + {at}, {width})")
}

/// Makes a [`PackedRow`] from the list of its columns.
macro_rules! packed_row {
    ($(#[$doc:meta])* $row:ident { $($column:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        pub(crate) struct $row {
            $(pub $column: $kind),+
        }

        impl $crate::ledger::rows::PackedRow for $row {
            const COLUMNS: &[$crate::ledger::rows::Column] = &[$(
                $crate::ledger::rows::Column {
                    name: stringify!($column),
                    width: <$kind as $crate::ledger::rows::Packed>::WIDTH,
                    read: <$kind as $crate::ledger::rows::Packed>::read,
                }
            ),+];

            fn pack(&self, to: &mut Vec<u8>) {
                $($crate::ledger::rows::Packed::pack(&self.$column, to);)+
            }
        }
    };
}
pub(crate) use packed_row;

fn width(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.width).sum()
}

/// The rows in one blob.
pub(crate) fn pack<R: PackedRow>(rows: impl ExactSizeIterator<Item = R>) -> Vec<u8> {
    let mut packed = Vec::with_capacity(rows.len() * width(R::COLUMNS));
    for row in rows {
        row.pack(&mut packed);
    }
    packed
}

/// The names of the columns, for a statement.
pub(crate) fn column_names<R: PackedRow>() -> String {
    let names: Vec<&str> = R::COLUMNS.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// The rows bound to `$1`, as a table `row` with their columns: the beginning of a statement on SQLite.
pub(crate) fn with_rows<R: PackedRow>() -> String {
    let width = width(R::COLUMNS);
    let names = column_names::<R>();
    let mut values = Vec::new();
    let mut at = 1;
    for column in R::COLUMNS {
        values.push((column.read)(at));
        at += column.width;
    }
    let values = values.join(", ");
    format!(
        "WITH RECURSIVE place (o) AS (SELECT 0 WHERE length($1) > 0
            UNION ALL SELECT o + {width} FROM place WHERE o + {width} < length($1)),
        row ({names}) AS (SELECT {values} FROM place)"
    )
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Row as _, SqliteConnection};

    use super::*;

    packed_row! {
        /// A row with a value of each kind.
        Sample {
            id: Uuid,
            number: i64,
            at: DateTime<Utc>,
            hash: Option<[u8; 16]>,
            maybe: Option<i64>,
            last: i64,
        }
    }

    #[tokio::test]
    async fn packed_rows_are_read_back_as_they_were_written() {
        let at = DateTime::from_timestamp_micros(1_666_666_666_123_456).expect("a time");
        let sample = |number: i64, hash| Sample {
            id: Uuid::from_u128(u128::from(number.unsigned_abs())),
            number,
            at,
            hash,
            maybe: hash.map(|_| number - 50),
            last: 7,
        };
        let samples = [
            sample(i64::MIN, None),
            sample(0, Some([0; 16])),
            sample(42, Some([9; 16])),
        ];
        let mut connection = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("it connects");
        let text = format!("{} SELECT * FROM row", with_rows::<Sample>());
        let read = Box::leak(text.into_boxed_str());
        for count in 0..=samples.len() {
            let rows = sqlx::query(&*read)
                .bind(pack(samples[..count].iter().map(|sample| {
                    let Sample {
                        id,
                        number,
                        at,
                        hash,
                        maybe,
                        last,
                    } = *sample;
                    Sample {
                        id,
                        number,
                        at,
                        hash,
                        maybe,
                        last,
                    }
                })))
                .fetch_all(&mut connection)
                .await
                .expect("rows");
            assert_eq!(rows.len(), count);
            for (row, sample) in rows.iter().zip(&samples) {
                assert_eq!(row.get::<Uuid, _>("id"), sample.id);
                assert_eq!(row.get::<i64, _>("number"), sample.number);
                assert_eq!(row.get::<DateTime<Utc>, _>("at"), sample.at);
                let hash = row.get::<Option<Vec<u8>>, _>("hash");
                assert_eq!(hash.as_deref(), sample.hash.as_ref().map(|hash| &hash[..]));
                assert_eq!(row.get::<Option<i64>, _>("maybe"), sample.maybe);
                assert_eq!(row.get::<i64, _>("last"), 7);
            }
        }
    }
}
