//! The messages of outcomes, for people: in English and Chinese.

mod export;
mod field;
mod import;
mod report;
mod signals;
mod withholding;

use crate::app::pictures::PictureFault;
use crate::app::sign_in::SignInRefusal;
use crate::app::uploads::UploadRefusal;
use crate::app::voting::CastRefusal;
use crate::domain::identity::{IdentityKind, IdentityKinds};

/// The language of texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// The language that an `Accept-Language` header likes best among those that there are texts in (RFC 9110, section
    /// 12.5.4), the first of equals; English where it likes none.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (0.0, Self::default());
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let quality = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
            if let Some(language) = Self::from_tag(tag)
                && quality > best.0
            {
                best = (quality, language);
            }
        }
        best.1
    }

    /// The language of a tag such as `zh-Hans-CN`, also as programs that are no browsers spell it: `zh_CN`.
    fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()? {
            primary if primary.eq_ignore_ascii_case("zh") => Some(Self::Chinese),
            primary if primary.eq_ignore_ascii_case("en") => Some(Self::English),
            _ => None,
        }
    }

    pub(super) fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// The message of a cast by somebody whose ways in are not among these.
    pub(super) fn not_eligible(self, admitted: IdentityKinds) -> String {
        let name = |kind| match kind {
            IdentityKind::WechatMiniProgram => {
                self.pick("in the WeChat mini-program", "微信小程序")
            }
            IdentityKind::WechatWeb => self.pick("with WeChat", "微信"),
            IdentityKind::Douyin => self.pick("in the Douyin mini-program", "抖音小程序"),
            IdentityKind::Alipay => self.pick("in the Alipay mini-program", "支付宝小程序"),
            IdentityKind::Phone => self.pick("by telephone number", "手机号"),
            IdentityKind::Oidc => self.pick("with the organiser's account", "主办方账号"),
            IdentityKind::Guest => self.pick("as a guest", "访客身份"),
        };
        let names: Vec<_> = admitted.iter().map(name).collect();
        match self {
            Self::English => format!("To vote here, sign in {}.", names.join(" or ")),
            Self::Chinese => format!("请用{}登录后再投票。", names.join("或")),
        }
    }

    /// The message of a cast that was refused.
    pub(super) fn cast_refusal(self, why: CastRefusal) -> &'static str {
        match why {
            CastRefusal::AlreadyVoted => self.pick(
                "You have already voted for this nominee.",
                "您已经为该候选人投过票了。",
            ),
            CastRefusal::QuotaSpent => {
                self.pick("You have no votes left for now.", "您的票数已用完。")
            }
            CastRefusal::VotingNotOpen => self.pick("Voting has not opened yet.", "投票尚未开始。"),
            CastRefusal::VotingClosed => self.pick("Voting has closed.", "投票已经结束。"),
            CastRefusal::VotingPaused => self.pick(
                "Voting is paused: your votes wait until it goes on.",
                "投票已暂停，恢复后可继续投票。",
            ),
            CastRefusal::NomineeNotFound => {
                self.pick("There is no such nominee.", "没有这位候选人。")
            }
            CastRefusal::NomineeFrozen => self.pick(
                "This nominee cannot be voted for at the moment.",
                "该候选人目前暂停接受投票。",
            ),
            CastRefusal::NotEligible => self.pick(
                "Sign in in another way to vote here.",
                "请换一种方式登录后再投票。",
            ),
            CastRefusal::ChallengeRequired => self.pick(
                "This vote takes a moment to check: it was not counted yet. Please try again.",
                "投票前需要短暂校验，本次尚未计票，请重试。",
            ),
            CastRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to another vote: use a new one.",
                "该幂等键已用于另一次投票，请更换。",
            ),
        }
    }

    /// The code and the message of a sign-in that was refused.
    #[allow(clippy::too_many_lines, reason = "a table of texts")]
    pub(crate) fn sign_in_refusal(self, why: SignInRefusal) -> (&'static str, &'static str) {
        let (code, english, chinese) = match why {
            SignInRefusal::InvalidCode => (
                "INVALID_CODE",
                "The login code is invalid or expired: get a new one.",
                "登录凭证无效或已过期，请重新登录。",
            ),
            SignInRefusal::HighRisk => (
                "HIGH_RISK",
                "The platform has blocked this account from signing in.",
                "该账号存在风险，平台已限制登录。",
            ),
            SignInRefusal::PlatformBusy => (
                "PLATFORM_BUSY",
                "Too many people are signing in: try again in a minute.",
                "登录人数较多，请稍后再试。",
            ),
            SignInRefusal::InvalidPhone => (
                "INVALID_PHONE",
                "This is no telephone number: write + and the country's code, or 11 digits of mainland China.",
                "手机号有误：请输入11位手机号，境外号码请以“+”和国家或地区代码开头。",
            ),
            SignInRefusal::TooManyCodes => (
                "TOO_MANY_CODES",
                "Codes have been sent to this number: wait before you ask for another one.",
                "该手机号获取验证码过于频繁，请稍后再试。",
            ),
            SignInRefusal::CodesSpent => (
                "CODES_SPENT",
                "No more codes can be sent today: sign in in another way, or try again tomorrow.",
                "今日短信验证码已发完，请换一种方式登录，或明天再试。",
            ),
            SignInRefusal::PlatformUnavailable => (
                "PLATFORM_UNAVAILABLE",
                "The platform does not answer: try again shortly.",
                "登录平台暂时无响应，请稍后再试。",
            ),
            SignInRefusal::PlatformNotConfigured => (
                "PLATFORM_NOT_CONFIGURED",
                "This server is not set up for this platform.",
                "本服务尚未接入该平台。",
            ),
            SignInRefusal::SnapshotUser => (
                "SNAPSHOT_USER",
                "This page is a preview: open the full one at the bottom, then sign in.",
                "当前为网页快照，请先点击底部的“使用完整服务”，再登录。",
            ),
            SignInRefusal::Declined => (
                "DECLINED",
                "You have not signed in there.",
                "您取消了登录。",
            ),
            SignInRefusal::SignInExpired => (
                "SIGN_IN_EXPIRED",
                "The sign-in took too long: try again.",
                "登录超时，请重试。",
            ),
            SignInRefusal::GuestsNotAdmitted => (
                "GUESTS_NOT_ADMITTED",
                "Guests are not admitted: sign in through the mini-program.",
                "不支持游客访问，请通过小程序登录。",
            ),
            SignInRefusal::InvalidCredentials => (
                "INVALID_CREDENTIALS",
                "E-mail or password is wrong.",
                "邮箱或密码错误。",
            ),
            SignInRefusal::SecondFactorRequired => (
                "SECOND_FACTOR_REQUIRED",
                "Enter the code of your authenticator, too.",
                "请输入身份验证器中的动态验证码。",
            ),
            SignInRefusal::InvalidSecondFactor => (
                "INVALID_SECOND_FACTOR",
                "The code is wrong or was used: wait for the next one.",
                "验证码错误或已使用过，请等待下一个验证码。",
            ),
            SignInRefusal::TooManyAttempts => (
                "TOO_MANY_ATTEMPTS",
                "Too many failed attempts: try again in 15 minutes.",
                "失败次数过多，请15分钟后再试。",
            ),
            SignInRefusal::InvalidRefreshToken => (
                "INVALID_REFRESH_TOKEN",
                "The session has ended: sign in again.",
                "会话已失效，请重新登录。",
            ),
        };
        (code, self.pick(english, chinese))
    }

    /// The code and the message where a page of another site asks for what is the own pages' alone.
    pub(crate) fn foreign_origin(self) -> (&'static str, &'static str) {
        let text = self.pick(
            "Only pages of this server may ask for this: open the desk at the server's own address.",
            "仅限本站页面访问，请从本服务的正式网址打开管理后台。",
        );
        ("FOREIGN_ORIGIN", text)
    }

    /// The code and the message of an upload that was refused.
    pub(crate) fn upload_refusal(self, why: UploadRefusal) -> (&'static str, &'static str) {
        let (code, english, chinese) = match why {
            UploadRefusal::NoStore => (
                "UPLOADS_NOT_CONFIGURED",
                "This server has no place for files: its operator sets ACCLAIM_MEDIA_URL.",
                "本服务尚未设置文件存储，请联系运维人员设置 ACCLAIM_MEDIA_URL。",
            ),
            UploadRefusal::LengthOutOfRange => (
                "FILE_TOO_LARGE",
                "A picture has at most 20 MiB, a spreadsheet at most 10 MiB, and neither is empty.",
                "图片不超过20MB，表格不超过10MB，且不能为空文件。",
            ),
            UploadRefusal::TooMany => (
                "TOO_MANY_UPLOADS",
                "Many files that you sent are not used yet: use them, or wait until they expire.",
                "您已上传的文件过多且尚未使用，请先使用或等待其过期。",
            ),
            UploadRefusal::NotFound => (
                "UPLOAD_NOT_FOUND",
                "There is no such upload: ask for a new link.",
                "没有这个上传链接，请重新获取。",
            ),
            UploadRefusal::Expired => (
                "UPLOAD_EXPIRED",
                "The upload has expired: ask for a new link and send the file again.",
                "上传已过期，请重新获取链接并再次上传。",
            ),
            UploadRefusal::Used => (
                "UPLOAD_USED",
                "This upload is used already: ask for a new link.",
                "该上传已被使用，请重新获取链接。",
            ),
            UploadRefusal::NotReceived => (
                "UPLOAD_NOT_RECEIVED",
                "The file has not been sent yet, or not wholly: send it to its link first.",
                "文件尚未上传完成，请先上传。",
            ),
            UploadRefusal::OtherLength => (
                "UPLOAD_LENGTH",
                "The file is not as long as was said, or was interrupted: send it again, or ask for a new link.",
                "文件长度与申报的不一致，或传输中断，请重新上传或重新获取链接。",
            ),
        };
        (code, self.pick(english, chinese))
    }

    /// The code and the message where the server cannot take something now.
    pub(crate) fn try_again(self) -> (&'static str, &'static str) {
        let text = self.pick(
            "The server cannot take it now: try again shortly.",
            "服务器繁忙，请稍后再试。",
        );
        ("UNAVAILABLE", text)
    }

    /// The code and the message of a file that becomes no picture.
    #[must_use]
    pub fn picture_fault(self, fault: PictureFault) -> (&'static str, &'static str) {
        let (code, english, chinese) = match fault {
            PictureFault::Unknown => (
                "NOT_A_PICTURE",
                "This is no picture that is taken here: save it as JPEG, PNG or WebP.",
                "无法识别该图片，请另存为 JPEG、PNG 或 WebP 格式。",
            ),
            PictureFault::TooLarge => (
                "PICTURE_TOO_LARGE",
                "The picture has too many pixels: at most 8,192 a side and 40 million in all. Make it smaller.",
                "图片像素过大：单边不超过8192像素，总数不超过4000万像素，请缩小后再上传。",
            ),
            PictureFault::Animated => (
                "PICTURE_ANIMATED",
                "The picture moves: save one frame of it.",
                "不支持动态图片，请保存其中一帧。",
            ),
            PictureFault::Damaged => (
                "PICTURE_DAMAGED",
                "The picture is damaged or not complete: open it, save it anew and send that.",
                "图片已损坏或不完整，请打开后重新保存再上传。",
            ),
        };
        (code, self.pick(english, chinese))
    }

    /// The message for an unknown nominee or story, which cannot be liked or viewed.
    pub(super) fn subject_not_found(self) -> &'static str {
        self.pick(
            "There is no such nominee or story.",
            "没有这位候选人或这篇报道。",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_first_known_language_is_taken() {
        for (header, language) in [
            ("", Language::English),
            ("zh", Language::Chinese),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("fr, ZH-hant;q=0.5, en;q=0.4", Language::Chinese),
            ("en-GB,zh;q=0.5", Language::English),
            ("zhx", Language::English),
            ("zh_CN", Language::Chinese),
            ("zh_Hans_CN;q=0.8,en;q=0.5", Language::Chinese),
            ("en;q=0, zh", Language::Chinese),
            ("zh;q=0", Language::English),
            ("en;q=0.3,zh;q=0.7", Language::Chinese),
            ("zh;q=much, en", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
