//! The messages of outcomes, for people: in English and Chinese.

mod field;
mod import;

use crate::app::sign_in::SignInRefusal;
use crate::app::voting::CastRefusal;

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
                "Sign in through the mini-program to vote here.",
                "请通过小程序登录后再投票。",
            ),
            CastRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to another vote: use a new one.",
                "该幂等键已用于另一次投票，请更换。",
            ),
        }
    }

    /// The message of a sign-in that was refused.
    pub(super) fn sign_in_refusal(self, why: SignInRefusal) -> &'static str {
        match why {
            SignInRefusal::InvalidCode => self.pick(
                "The login code is invalid or expired: get a new one.",
                "登录凭证无效或已过期，请重新登录。",
            ),
            SignInRefusal::HighRisk => self.pick(
                "The platform has blocked this account from signing in.",
                "该账号存在风险，平台已限制登录。",
            ),
            SignInRefusal::PlatformBusy => self.pick(
                "Too many people are signing in: try again in a minute.",
                "登录人数较多，请稍后再试。",
            ),
            SignInRefusal::PlatformUnavailable => self.pick(
                "The platform does not answer: try again shortly.",
                "登录平台暂时无响应，请稍后再试。",
            ),
            SignInRefusal::PlatformNotConfigured => self.pick(
                "This server is not set up for this platform.",
                "本服务尚未接入该平台。",
            ),
            SignInRefusal::GuestsNotAdmitted => self.pick(
                "Guests are not admitted: sign in through the mini-program.",
                "不支持游客访问，请通过小程序登录。",
            ),
            SignInRefusal::InvalidCredentials => {
                self.pick("E-mail or password is wrong.", "邮箱或密码错误。")
            }
            SignInRefusal::SecondFactorRequired => self.pick(
                "Enter the code of your authenticator, too.",
                "请输入身份验证器中的动态验证码。",
            ),
            SignInRefusal::InvalidSecondFactor => self.pick(
                "The code is wrong or was used: wait for the next one.",
                "验证码错误或已使用过，请等待下一个验证码。",
            ),
            SignInRefusal::TooManyAttempts => self.pick(
                "Too many failed attempts: try again in 15 minutes.",
                "失败次数过多，请15分钟后再试。",
            ),
            SignInRefusal::InvalidRefreshToken => self.pick(
                "The session has ended: sign in again.",
                "会话已失效，请重新登录。",
            ),
        }
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
