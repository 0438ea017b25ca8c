//! Letters by SMTP: so far the link of an invitation. Where no server is set up, whoever invites passes the link on.

use std::time::Duration;

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// The time that a server has to take a letter: somebody waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The way to a mail server.
#[derive(Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A letter with the link of an invitation.
#[derive(Debug, Clone, Copy)]
pub struct InvitationLetter<'a> {
    /// The e-mail address of the person who is invited.
    pub to: &'a str,
    /// The name of the organisation.
    pub organisation: &'a str,
    /// The link to accept with, good once.
    pub link: &'a str,
    /// The days for which it is good.
    pub days: i64,
}

/// The reason why a letter was not taken. It has nothing of the letter or of the address in it.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No letter can be written to this address.
    #[error("the address cannot be written to")]
    Address,
    /// The server could not be reached, or did not answer in time.
    #[error("the mail server was not reached or did not answer within {} s", TIMEOUT.as_secs())]
    Unreachable,
    /// The server refused.
    #[error("the mail server refused with {0}")]
    Refused(u16),
}

impl Mailer {
    /// The way to the server of an address as `smtps://user:password@mail.example.org`, or `smtp://…?tls=required`
    /// for STARTTLS, with the sender of the letters.
    ///
    /// # Errors
    /// When the address cannot be read; the text does not quote it.
    pub fn new(url: &str, from: Mailbox) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "write smtps://user:password@host, or smtp://host?tls=required")?;
        let transport = builder.timeout(Some(TIMEOUT)).build();
        Ok(Self { transport, from })
    }

    /// Sends the link of an invitation.
    ///
    /// # Errors
    /// [`MailError`]
    pub async fn send_invitation(&self, letter: InvitationLetter<'_>) -> Result<(), MailError> {
        let InvitationLetter {
            to,
            organisation,
            link,
            days,
        } = letter;
        let to: Address = to.parse().map_err(|_| MailError::Address)?;
        let text = format!(
            "{organisation} 邀请您加入。请在 {days} 天内打开此链接，它只能使用一次：\n{link}\n\n\
             {organisation} invites you. Open this link within {days} days; it works once:\n{link}\n\n\
             如果您不认识该组织，请忽略此邮件。If you do not know the organisation, ignore this letter.\n"
        );
        let body = Body::new_with_encoding(text, ContentTransferEncoding::Base64);
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.into())
            .subject(format!("{organisation}：邀请 · Invitation"))
            .header(ContentType::TEXT_PLAIN)
            .body(body.map_err(|_| MailError::Address)?)
            .map_err(|_| MailError::Address)?;
        let sending = tokio::time::timeout(TIMEOUT, self.transport.send(message));
        match sending.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(error.status().map_or(MailError::Unreachable, |code| {
                MailError::Refused(code.into())
            })),
            Err(_) => Err(MailError::Unreachable),
        }
    }
}
