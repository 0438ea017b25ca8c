//! Pictures that open the mini-program when they are scanned: `getwxacodeunlimit`, with the server's own token.
//!
//! Protocol: [getUnlimitedQRCode] and [getStableAccessToken]. The token is one for the app; the stable one
//! does not end those of other processes. The answer is a picture, or JSON with an errcode.
//!
//! [getUnlimitedQRCode]:
//!     https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
//! [getStableAccessToken]:
//!     https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::failure::Failure;
use super::{ANSWER_BYTES_MAX, Secret, WeChat, read};
use crate::telemetry::RequestId;

/// A token is got anew so long before it expires, as the platform advises.
const TOKEN_MARGIN: Duration = Duration::from_mins(5);
/// Pictures have some 100 KB.
const IMAGE_BYTES_MAX: usize = 1024 * 1024;
/// Width in pixels: sharp on a poster, within the platform's 280 to 1,280.
const WIDTH: u32 = 430;
/// The longest scene, and what it may have beside letters and digits.
const SCENE_LENGTH_MAX: usize = 32;
const SCENE_SIGNS: &[u8] = b"!#$&'()*+,/:;=?@-._~";
/// The token is expired, ended or none.
pub(super) const TOKEN_ERRCODES: [i64; 3] = [40001, 40014, 42001];

/// The server's token, once it is there: one call for it at a time.
pub(super) type TokenSlot = Mutex<Option<ServerToken>>;

/// A token of the server itself.
#[derive(Debug)]
pub(super) struct ServerToken {
    text: Secret,
    good_until: Instant,
}

/// A picture that the platform has drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeImage {
    /// `image/png` or `image/jpeg`.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Whether the platform takes this text as a scene.
#[must_use]
pub fn is_scene(text: &str) -> bool {
    (1..=SCENE_LENGTH_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || SCENE_SIGNS.contains(&byte))
}

impl WeChat {
    /// A picture that opens `page` of the mini-program, which gets `scene`; none, and a line in the log, when the
    /// platform does not give one.
    pub async fn find_code_image(&self, page: &str, scene: &str) -> Option<CodeImage> {
        // All calls together have the time of one: somebody waits for a picture that a QR code can stand in for.
        let answered = timeout(self.timeout, self.code_image(page, scene)).await;
        match answered.unwrap_or(Err(Failure::Late)) {
            Ok(image) => Some(image),
            Err(failure) => {
                let request = RequestId::current();
                tracing::warn!(request, %failure, page, "WeChat gave no code image; a QR code stands in");
                None
            }
        }
    }

    async fn code_image(&self, page: &str, scene: &str) -> Result<CodeImage, Failure> {
        let token = self.server_token(None).await?;
        match self.call_for_image(&token, page, scene).await {
            Err(Failure::Errcode(errcode)) if TOKEN_ERRCODES.contains(&errcode) => {
                let token = self.server_token(Some(&token)).await?;
                self.call_for_image(&token, page, scene).await
            }
            answered => answered,
        }
    }

    async fn call_for_image(
        &self,
        token: &str,
        page: &str,
        scene: &str,
    ) -> Result<CodeImage, Failure> {
        // The page is not checked: a poster may be drawn before the version that has it is out.
        let body = json!({ "scene": scene, "page": page, "check_path": false, "width": WIDTH });
        let request = self.http.post(self.endpoint("/wxa/getwxacodeunlimit"));
        let request = request.query(&[("access_token", token)]).json(&body);
        parse_image(read(request, IMAGE_BYTES_MAX).await?)
    }

    /// The token of the server; a new one where there is none that is good, or it is `refused`.
    pub(super) async fn server_token(&self, refused: Option<&str>) -> Result<String, Failure> {
        let mut slot = self.server_token.lock().await;
        let held = slot.as_ref().filter(|token| {
            token.good_until > Instant::now() && Some(token.text.reveal()) != refused
        });
        if let Some(token) = held {
            return Ok(token.text.reveal().to_owned());
        }
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.secret.reveal(),
            "force_refresh": refused.is_some(),
        });
        let request = self.http.post(self.endpoint("/cgi-bin/stable_token"));
        let answer = read(request.json(&body), ANSWER_BYTES_MAX).await?;
        let (text, lifetime) = parse_token(&answer)?;
        *slot = Some(ServerToken {
            text: text.clone().into(),
            good_until: Instant::now() + lifetime.saturating_sub(TOKEN_MARGIN),
        });
        Ok(text)
    }
}

/// Reads the answer to a call for a token: the token and how long it is good.
fn parse_token(answer: &[u8]) -> Result<(String, Duration), Failure> {
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        access_token: Option<String>,
        expires_in: Option<u64>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    match (answer.errcode, answer.access_token, answer.expires_in) {
        (None | Some(0), Some(text), Some(seconds)) => Ok((text, Duration::from_secs(seconds))),
        (None | Some(0), ..) => Err(Failure::AnswerIncomplete),
        (Some(errcode), ..) => Err(Failure::Errcode(errcode)),
    }
}

fn parse_image(bytes: Vec<u8>) -> Result<CodeImage, Failure> {
    let content_type = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        _ => {
            #[derive(Deserialize)]
            struct Refusal {
                errcode: i64,
            }
            let refusal: Refusal =
                serde_json::from_slice(&bytes).map_err(|_| Failure::AnswerUnreadable)?;
            return Err(Failure::Errcode(refusal.errcode));
        }
    };
    Ok(CodeImage {
        content_type,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::is_scene;

    #[test]
    fn a_scene_is_short_and_of_the_platforms_alphabet() {
        for good in ["c=demo&n=1", &"a".repeat(32)] {
            assert!(is_scene(good), "{good}");
        }
        for bad in ["", "c=创新", "a b", "a%20b", &"a".repeat(33)] {
            assert!(!is_scene(bad), "{bad}");
        }
    }
}
