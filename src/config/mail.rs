//! The settings of the mail server.

use clap::Args;
use lettre::message::Mailbox;

use super::address::parse_store;
use super::{ConfigError, wrong};
use crate::auth::secret::Secret;
use crate::mail::Mailer;

/// Settings of the mail server, which sends the links of invitations.
#[derive(Debug, Clone, Args)]
pub struct MailSettings {
    /// Mail server that sends invitations: `smtps://user:password@mail.example.org`, or
    /// `smtp://user:password@mail.example.org?tls=required`; needs `ACCLAIM_PUBLIC_URL`. Without one, whoever invites
    /// passes the link on
    #[arg(long, env = "ACCLAIM_SMTP_URL", hide_env_values = true, value_parser = parse_store, requires = "mail_from")]
    smtp_url: Option<Secret>,
    /// Sender of the letters: `Acclaim <vote@example.org>`
    #[arg(long, env = "ACCLAIM_MAIL_FROM", requires = "smtp_url")]
    mail_from: Option<Mailbox>,
}

impl MailSettings {
    /// The way to the mail server, where there is one.
    ///
    /// # Errors
    /// When its address cannot be used, or nobody knows which address the links begin with.
    pub fn mailer(&self, public_url: Option<&str>) -> Result<Option<Mailer>, ConfigError> {
        let (Some(url), Some(from)) = (&self.smtp_url, &self.mail_from) else {
            return Ok(None);
        };
        let wrong = wrong("ACCLAIM_SMTP_URL");
        if public_url.is_none() {
            return Err(wrong(
                "needs ACCLAIM_PUBLIC_URL, which the links begin with".into(),
            ));
        }
        if !is_private(url.reveal()) {
            return Err(wrong(
                "must be smtps://, have ?tls=required, or be on this machine: links are secrets"
                    .into(),
            ));
        }
        Mailer::new(url.reveal(), from.clone())
            .map(Some)
            .map_err(wrong)
    }
}

/// Whether letters travel encrypted, or on this machine only.
fn is_private(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let is_encrypted = url.scheme() == "smtps"
            || url
                .query_pairs()
                .any(|(name, value)| name == "tls" && value == "required");
        is_encrypted || is_local
    })
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn links_travel_encrypted_or_on_this_machine() {
        for (url, is_good) in [
            ("smtps://user:password@mail.example.org", true),
            ("smtp://mail.example.org?tls=required", true),
            ("smtp://127.0.0.1:2525", true),
            ("smtp://mail.example.org", false),
            ("smtp://mail.example.org?tls=opportunistic", false),
            ("smtp://127.0.0.1@mail.example.org", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_private(url), is_good, "{url}");
        }
    }
}
