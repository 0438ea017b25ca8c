//! The settings of traces.

use clap::Args;

use super::{ConfigError, wrong};
use crate::telemetry::traces;

/// The settings of traces.
#[derive(Debug, Clone, Args)]
pub struct TraceSettings {
    /// Address of a collector that traces are sent to by OTLP over HTTP: `http://127.0.0.1:4318/v1/traces`; without it
    /// there are none. Only in a program that is built with `--features otlp`
    #[arg(long, env = "ACCLAIM_TRACES_URL", value_parser = parse_url)]
    traces_url: Option<String>,
    /// Part of the requests that are traced: 0 to 1
    #[arg(long, env = "ACCLAIM_TRACES_RATIO", default_value = "0.01", value_parser = parse_ratio)]
    traces_ratio: f64,
}

impl TraceSettings {
    /// The address that traces are sent to and the ratio of requests that are traced, if any are.
    ///
    /// # Errors
    /// When this program is built without traces.
    pub fn target(&self) -> Result<Option<(&str, f64)>, ConfigError> {
        let Some(url) = &self.traces_url else {
            return Ok(None);
        };
        if !traces::ARE_BUILT_IN {
            return Err(wrong("ACCLAIM_TRACES_URL")(
                "needs a program that is built with --features otlp; this one sends no traces"
                    .into(),
            ));
        }
        Ok(Some((url, self.traces_ratio)))
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    // A password would have to be kept out of logs; a key goes into OTEL_EXPORTER_OTLP_HEADERS.
    let is_good = reqwest::Url::parse(text).is_ok_and(|url| {
        let is_plain = url.username().is_empty() && url.password().is_none();
        matches!(url.scheme(), "http" | "https") && is_plain && url.has_host()
    });
    if is_good {
        Ok(text.to_owned())
    } else {
        Err("write the collector's address, such as http://127.0.0.1:4318/v1/traces".to_owned())
    }
}

fn parse_ratio(text: &str) -> Result<f64, String> {
    let ratio = text.parse().ok();
    ratio
        .filter(|ratio| (0.0..=1.0).contains(ratio))
        .ok_or_else(|| "write a number of 0 to 1, such as 0.01".to_owned())
}
