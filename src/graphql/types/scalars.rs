//! The scalars of the API.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, SecondsFormat, Utc};

/// The largest whole number that every JSON client reads exactly: 2^53.
const LONG_MAX: i64 = 1 << 53;

/// A whole number between -2^53 and 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graphql) struct Long(pub(in crate::graphql) i64);

/// A whole number between -2^53 and 2^53, as a JSON number.
#[Scalar]
impl ScalarType for Long {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::Number(number) => match number.as_i64() {
                Some(number) if number.abs() <= LONG_MAX => Ok(Self(number)),
                _ => Err(InputValueError::custom("not a whole number within 2^53")),
            },
            value => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0.clamp(-LONG_MAX, LONG_MAX))
    }
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graphql) struct Timestamp(pub(in crate::graphql) DateTime<Utc>);

/// A moment in UTC as RFC 3339 has it, with milliseconds: "2022-10-25T01:02:03.456Z".
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339"
)]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                Ok(Self(text.parse().map_err(|_| {
                    InputValueError::custom("not an RFC 3339 time")
                })?))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}
