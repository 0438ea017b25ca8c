//! Invitations by e-mail, against a server that answers as RFC 5321 has it.

use acclaim::mail::Mailer;
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::{change, sample_id};
use crate::harness::{Stores, TestApp, on_both};

on_both!(
    the_link_goes_to_the_person_who_is_invited,
    a_letter_that_is_not_taken_leaves_the_link_to_pass_on,
);

const INVITE: &str = "mutation($input: InviteStaffInput!) { inviteStaff(input: $input) {
    invitation { email } token isMailed userErrors { code } } }";
const PUBLIC_URL: &str = "https://vote.example.org";

/// A mail server that takes letters, or refuses their recipients; gives what it was sent, a letter each.
async fn start_mail_server(
    refusal: Option<&'static str>,
) -> (Mailer, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, letters) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, refusal, sender.clone()));
        }
    });
    let from = "Acclaim <vote@example.org>".parse().expect("a sender");
    let mailer = Mailer::new(&format!("smtp://{address}"), from).expect("an address of a server");
    (mailer, letters)
}

async fn serve(stream: TcpStream, refusal: Option<&str>, letters: mpsc::UnboundedSender<String>) {
    let mut stream = BufReader::new(stream);
    _ = stream.write_all(b"220 mail.example.org\r\n").await;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match &*command {
            "RCPT" => refusal.unwrap_or("250 taken"),
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 mail.example.org",
        };
        _ = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        if command == "DATA" {
            let mut letter = Vec::new();
            while !letter.ends_with(b"\r\n.\r\n") {
                letter.push(stream.read_u8().await.expect("a letter to its end"));
            }
            _ = letters.send(String::from_utf8(letter).expect("ASCII"));
            _ = stream.write_all(b"250 taken\r\n").await;
        }
        line.clear();
    }
}

async fn invite(app: &TestApp, email: &str) -> Value {
    let owner = app.staff().await;
    let input = json!({"organisationId": sample_id(app).await, "email": email, "role": "EDITOR"});
    let invited = change(&owner, INVITE, input).await.expect_counted();
    json!({"token": invited["token"], "isMailed": invited["isMailed"]})
}

async fn the_link_goes_to_the_person_who_is_invited(stores: Stores) {
    let (mailer, mut letters) = start_mail_server(None).await;
    let builder = TestApp::builder(&stores).with_public_url(PUBLIC_URL);
    let app = builder.with_mailer(mailer).start().await;
    let invited = invite(&app, "ma.lan@example.org").await;
    assert_eq!(invited["isMailed"], json!(true));
    let letter = letters.recv().await.expect("a letter");
    assert!(letter.contains("To: ma.lan@example.org"), "{letter}");
    let (_, body) = letter.split_once("\r\n\r\n").expect("a body");
    let body: String = body
        .split_whitespace()
        .filter(|line| *line != ".")
        .collect();
    let text = BASE64.decode(body.as_bytes()).expect("base64");
    let text = String::from_utf8(text).expect("UTF-8");
    let token = invited["token"].as_str().expect("a token");
    assert!(
        text.contains(&format!("{PUBLIC_URL}/desk/invitation#{token}")),
        "{text}"
    );
}

async fn a_letter_that_is_not_taken_leaves_the_link_to_pass_on(stores: Stores) {
    let (mailer, _letters) = start_mail_server(Some("550 no such person")).await;
    let builder = TestApp::builder(&stores).with_public_url(PUBLIC_URL);
    let app = builder.with_mailer(mailer).start().await;
    let invited = invite(&app, "nobody@example.org").await;
    assert_eq!(invited["isMailed"], json!(false));
    assert!(invited["token"].is_string(), "{invited}");
}
