//! Pictures that open the mini-program when they are scanned: `getwxacodeunlimit`, with the server's own token.
//!
//! Protocol: [getUnlimitedQRCode]. The answer is a picture, or JSON with an errcode.
//!
//! [getUnlimitedQRCode]:
//!     https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html

use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::failure::Failure;
use super::mini_program::WeChat;
use super::outbound::read;
use crate::auth::secret::Secret;
use crate::telemetry::RequestId;

/// Pictures have some 100 KB.
const IMAGE_BYTES_MAX: usize = 1024 * 1024;
/// Width in pixels: sharp on a poster, within the platform's 280 to 1,280.
const WIDTH: u32 = 430;
/// The longest scene, and what it may have beside letters and digits.
const SCENE_LENGTH_MAX: usize = 32;
const SCENE_SIGNS: &[u8] = b"!#$&'()*+,/:;=?@-._~";

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
        let call = |token: Secret| async move { self.call_for_image(&token, page, scene).await };
        self.app.with_token(call).await
    }

    async fn call_for_image(
        &self,
        token: &Secret,
        page: &str,
        scene: &str,
    ) -> Result<CodeImage, Failure> {
        // The page is not checked: a poster may be drawn before the version that has it is out.
        let body = json!({ "scene": scene, "page": page, "check_path": false, "width": WIDTH });
        let outbound = &self.app.outbound;
        let request = outbound.post(outbound.endpoint("/wxa/getwxacodeunlimit"));
        let request = request.query(&[("access_token", token.reveal())]);
        let request = request.json(&body);
        parse_image(read(request, IMAGE_BYTES_MAX).await?)
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
