//! The messages of refusals at the desk, for people: in English and Chinese.

use crate::app::desk::{AccountRefusal, MemberRefusal, NomineeRefusal, OrganisationRefusal};
use crate::domain::campaign_life::CampaignRefusal;
use crate::domain::story::life::StoryRefusal;
use crate::graphql::messages::Language;

impl Language {
    /// The message of a change of an organisation that was refused.
    pub(super) fn organisation_refusal(self, why: OrganisationRefusal) -> &'static str {
        match why {
            OrganisationRefusal::InvalidSlug => self.pick(
                "A name in addresses has 2 to 64 lower-case letters, digits and hyphens.",
                "网址名称须为2至64个小写字母、数字或连字符。",
            ),
            OrganisationRefusal::SlugTaken => self.pick(
                "This name in addresses is taken: choose another.",
                "该网址名称已被使用，请更换。",
            ),
            OrganisationRefusal::InvalidName => {
                self.pick("A name has 1 to 200 characters.", "名称须为1至200个字符。")
            }
            OrganisationRefusal::StaleObject => self.stale_object(),
        }
    }

    /// The message for an edit that rests on an older state.
    pub(super) fn stale_object(self) -> &'static str {
        self.pick(
            "Somebody else has changed this meanwhile: look at it as it stands, and edit again.",
            "内容已被他人修改，请查看最新内容后重新编辑。",
        )
    }

    /// The message of a change of members that was refused.
    pub(super) fn member_refusal(self, why: MemberRefusal) -> &'static str {
        match why {
            MemberRefusal::InvalidEmail => {
                self.pick("This is not an e-mail address.", "邮箱地址无效。")
            }
            MemberRefusal::InvalidName => {
                self.pick("A name has 1 to 200 characters.", "姓名须为1至200个字符。")
            }
            MemberRefusal::WeakPassword => self.weak_password(),
            MemberRefusal::InvalidCredentials => self.pick(
                "There is an account with this e-mail address: give its password.",
                "该邮箱已有账号，请输入该账号的密码。",
            ),
            MemberRefusal::TooManyAttempts => self.too_many_attempts(),
            MemberRefusal::AlreadyMember => self.pick(
                "This person is a member already: change the role instead.",
                "该人员已是成员，请直接修改其角色。",
            ),
            MemberRefusal::TooManyInvitations => self.pick(
                "Too many invitations are open: revoke those that are not needed.",
                "未使用的邀请过多，请先撤销不需要的邀请。",
            ),
            MemberRefusal::InvitationInvalid => self.pick(
                "The invitation is unknown, expired, used or revoked: ask for a new one.",
                "邀请不存在、已过期、已使用或已撤销，请索取新的邀请。",
            ),
            MemberRefusal::LastOwner => self.pick(
                "The organisation would have no owner: make somebody else an owner first.",
                "机构至少须有一位所有者，请先将他人设为所有者。",
            ),
        }
    }

    /// The message of a change of an account that was refused.
    pub(super) fn account_refusal(self, why: AccountRefusal) -> &'static str {
        match why {
            AccountRefusal::InvalidCredentials => self.pick("The password is wrong.", "密码错误。"),
            AccountRefusal::TooManyAttempts => self.too_many_attempts(),
            AccountRefusal::WeakPassword => self.weak_password(),
            AccountRefusal::InvalidCode => self.pick(
                "The code is wrong: enter the one that the authenticator shows now.",
                "验证码错误，请输入身份验证器当前显示的验证码。",
            ),
            AccountRefusal::NotEnrolled => self.pick(
                "There is nothing to confirm: set up a second factor first.",
                "尚未设置二次验证，请先设置。",
            ),
            AccountRefusal::AlreadyEnrolled => self.pick(
                "There is a second factor already: an operator can reset it.",
                "已设置二次验证；如需重置，请联系系统管理员。",
            ),
        }
    }

    /// The message of a change of a campaign that was refused.
    #[must_use]
    #[allow(clippy::too_many_lines, reason = "a table of texts")]
    pub fn campaign_refusal(self, why: CampaignRefusal) -> &'static str {
        match why {
            CampaignRefusal::InvalidSlug => {
                self.organisation_refusal(OrganisationRefusal::InvalidSlug)
            }
            CampaignRefusal::SlugTaken => self.organisation_refusal(OrganisationRefusal::SlugTaken),
            CampaignRefusal::InvalidTitle => self.pick(
                "A title has 1 to 200 characters, in one line.",
                "标题须为1至200个字，且不能换行。",
            ),
            CampaignRefusal::InvalidSummary => self.pick(
                "A summary has at most 2,000 characters.",
                "简介最多2000个字。",
            ),
            CampaignRefusal::InvalidTimeZone => self.pick(
                "This is no time zone: give an IANA name such as Asia/Shanghai.",
                "时区无效，请使用 Asia/Shanghai 等标准名称。",
            ),
            CampaignRefusal::InvalidQuota => self.pick(
                "A voter has 1 to 1,000 votes in a period.",
                "每个周期的票数须为1至1000。",
            ),
            CampaignRefusal::InvalidAdmits => self.pick(
                "Admit a way in other than a guest's, too.",
                "除访客外，还须允许至少一种登录方式。",
            ),
            CampaignRefusal::TimesOutOfOrder => self.pick(
                "The closing must come after the opening, and an extension after the closing until now.",
                "截止时间须晚于开始时间，延长后的截止时间须晚于原截止时间。",
            ),
            CampaignRefusal::TimePast => {
                self.pick("This time is past: choose a later one.", "该时间已过，请选择更晚的时间。")
            }
            CampaignRefusal::WrongPhase => self.pick(
                "This cannot be done in the campaign's phase.",
                "活动当前所处阶段不能进行此操作。",
            ),
            CampaignRefusal::FixedAfterFirstVote => self.pick(
                "This is fixed from the first vote on: amend the rules instead, where they can be.",
                "已有投票，该项不能再修改；可以调整的规则请通过“修订规则”进行。",
            ),
            CampaignRefusal::FixedOnceAnnounced => self.pick(
                "This is fixed once the campaign is public.",
                "活动公布后，该项不能再修改。",
            ),
            CampaignRefusal::QuotaLowered => self.pick(
                "A quota may be raised, and never lowered.",
                "票数只能增加，不能减少。",
            ),
            CampaignRefusal::ReasonRequired => self.pick(
                "Give a reason of at most 500 characters.",
                "请填写理由，最多500个字。",
            ),
            CampaignRefusal::NotReady => self.pick(
                "Add categories first, each with a nominee who can be voted for.",
                "请先添加类别，且每个类别至少有一位可投票的候选人。",
            ),
            CampaignRefusal::InvalidCategoryKey => self.pick(
                "The key of a category has 1 to 64 letters, digits, hyphens or underscores, and stands once.",
                "类别代码须为1至64个字母、数字、连字符或下划线，且不能重复。",
            ),
            CampaignRefusal::InvalidCategoryName => self.pick(
                "The name of a category has 1 to 100 characters.",
                "类别名称须为1至100个字。",
            ),
            CampaignRefusal::InvalidShortlistSize => self.pick(
                "A shortlist has 1 to 10,000 places.",
                "入围名额须为1至10000。",
            ),
            CampaignRefusal::TooManyCategories => {
                self.pick("A campaign has at most 100 categories.", "类别最多100个。")
            }
            CampaignRefusal::CategoryInUse => self.pick(
                "A category with nominees or stories cannot be removed: move them first.",
                "类别中仍有候选人或报道，不能删除，请先移至其他类别。",
            ),
            CampaignRefusal::StaleObject => self.stale_object(),
            CampaignRefusal::IdempotencyKeyReused => self.idempotency_key_reused(),
        }
    }

    /// The message of a change of a nominee that was refused, but for its fields.
    pub(super) fn nominee_refusal(self, why: NomineeRefusal) -> &'static str {
        match why {
            NomineeRefusal::InvalidField(..) => {
                self.pick("A field cannot be taken as it is.", "有一项填写无效。")
            }
            NomineeRefusal::NumberTaken => self.pick(
                "This number is taken: choose another.",
                "该编号已被使用，请更换。",
            ),
            NomineeRefusal::CategoryNotFound => {
                self.pick("The campaign has no such category.", "活动中没有该类别。")
            }
            NomineeRefusal::FixedAfterFirstVote => self.pick(
                "The category is fixed from the nominee's first vote on.",
                "该候选人已有得票，不能再更改类别。",
            ),
            NomineeRefusal::ReasonRequired => self.pick(
                "Give a reason of at most 500 characters: the public reads it.",
                "请填写理由，最多500个字，理由将向公众公布。",
            ),
            NomineeRefusal::WrongState => self.wrong_state(),
            NomineeRefusal::StaleObject => self.stale_object(),
            NomineeRefusal::IdempotencyKeyReused => self.idempotency_key_reused(),
        }
    }

    /// The message of a change of a story that was refused, but for its fields.
    pub(super) fn story_refusal(self, why: StoryRefusal) -> &'static str {
        match why {
            StoryRefusal::InvalidField(..) => {
                self.pick("A field cannot be taken as it is.", "有一项填写无效。")
            }
            StoryRefusal::NomineeNotFound => {
                self.pick("The campaign has no such nominee.", "活动中没有该候选人。")
            }
            StoryRefusal::MediaNotFound => self.pick(
                "The story has no such picture, film or recording.",
                "这篇报道中没有该图片或音视频。",
            ),
            StoryRefusal::InvalidBody => self.pick(
                "Give the text as Markdown or as HTML with text in it, and not as both.",
                "正文请使用 Markdown 或含有文字的 HTML，二者只能选一。",
            ),
            StoryRefusal::OwnText => self.pick(
                "This is your own text: somebody else has to approve and schedule it.",
                "这是您自己的稿件，须由他人审核和安排发布。",
            ),
            StoryRefusal::ReasonRequired => self.pick(
                "Give a reason of at most 500 characters.",
                "请填写理由，最多500个字。",
            ),
            StoryRefusal::WrongState => self.pick(
                "This cannot be done in the state that the story or the campaign is in.",
                "报道或活动当前的状态不能进行此操作。",
            ),
            StoryRefusal::InvalidSchedule => self.pick(
                "Give 1 to 24 times of a day such as 09:00, and a beginning that is not past.",
                "请填写1至24个时间，如 09:00，且起始时间不能早于现在。",
            ),
            StoryRefusal::StoryNotFound => self.pick(
                "Give 1 to 500 stories of this campaign, each once.",
                "请选择1至500篇本活动的报道，且不能重复。",
            ),
            StoryRefusal::StaleObject => self.stale_object(),
            StoryRefusal::IdempotencyKeyReused => self.idempotency_key_reused(),
        }
    }

    /// The message where the state of a nominee or its campaign is another than it must be.
    pub(super) fn wrong_state(self) -> &'static str {
        self.pick(
            "This cannot be done in the state that the nominee or the campaign is in.",
            "候选人或活动当前的状态不能进行此操作。",
        )
    }

    /// The message where the line on what a picture shows cannot be taken.
    pub(super) fn invalid_picture_title(self) -> &'static str {
        self.pick(
            "The line on what the picture shows has at most 200 characters, all of which can be printed.",
            "图片说明最多200个字，且不能含有无法显示的字符。",
        )
    }

    /// The message where a story has as many media as one can have.
    pub(super) fn too_many_media(self) -> &'static str {
        self.pick(
            "A story has at most 40 pictures, films and recordings: take one away first.",
            "每篇报道最多40个图片和音视频，请先移除一些。",
        )
    }

    fn idempotency_key_reused(self) -> &'static str {
        self.pick(
            "This idempotency key belongs to something else: use a new one.",
            "该幂等键已用于其他操作，请更换。",
        )
    }

    fn weak_password(self) -> &'static str {
        self.pick(
            "A password has at least 12 characters and at most 254 bytes.",
            "密码至少须有12个字符，最长254字节。",
        )
    }

    fn too_many_attempts(self) -> &'static str {
        self.pick(
            "Too many failed attempts: try again in 15 minutes.",
            "失败次数过多，请15分钟后再试。",
        )
    }
}
