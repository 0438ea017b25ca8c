//! The messages of rules that withhold votes.

use super::Language;
use crate::domain::withholding::WithholdingRefusal;

impl Language {
    /// The message of a rule that was not proposed, applied or reverted.
    #[must_use]
    pub fn withholding_refusal(self, why: WithholdingRefusal) -> &'static str {
        match why {
            WithholdingRefusal::TooBroad => self.pick(
                "This names too much: choose a nominee, a window of time and networks or phone models; or one of these \
                 and a behaviour; or accounts that the platform rates 4, and not below. A crowd at lunch makes a \
                 concentration, too.",
                "范围过宽：请选择候选人、时间段以及网络或机型；或选择其中一项并加上行为特征；或仅选平台风险等级为 4 的账号。\
                 午间的人群同样会形成集中投票。",
            ),
            WithholdingRefusal::TooMany => self.pick(
                "One rule names at most 1,000 nominees, networks or phone models: propose several.",
                "一条规则最多包含1000个候选人、网络或机型，请分开提出。",
            ),
            WithholdingRefusal::TimesOutOfOrder => self.pick(
                "The window of time ends before it begins: exchange the times.",
                "时间段的结束早于开始，请调整。",
            ),
            WithholdingRefusal::NomineeNotFound => self.pick(
                "A nominee is none of this campaign: choose again.",
                "所选候选人不属于该活动，请重新选择。",
            ),
            WithholdingRefusal::NoVotes => self.pick(
                "No vote that counts is named by this: widen the selection, or keep the rule active for later ones.",
                "该范围内没有计入的票：请放宽范围，或设为持续生效以处理之后的票。",
            ),
            WithholdingRefusal::ReasonRequired => self.pick(
                "Give a reason of at most 500 characters: the public reads it.",
                "请填写理由（最多500字），公众将看到该理由。",
            ),
            WithholdingRefusal::SamePerson => self.pick(
                "You proposed this yourself: another owner or organiser applies it.",
                "该规则由您提出，须由另一位负责人或组织者批准。",
            ),
            WithholdingRefusal::WrongState => self.pick(
                "The rule has been applied or reverted already: look at it again.",
                "该规则已批准或已撤销，请刷新查看。",
            ),
            WithholdingRefusal::WrongPhase => self.pick(
                "Votes are withheld from the beginning of voting until the campaign is archived.",
                "仅可在投票开始后、活动归档前暂扣选票。",
            ),
            WithholdingRefusal::NumberRequired => self.pick(
                "This withholds more than a fifth of a category's votes, or all of a nominee: type their number as it was \
                 proposed.",
                "将暂扣某类别五分之一以上或某候选人的全部选票：请输入提出时的票数以确认。",
            ),
            WithholdingRefusal::TooManyRules => self.pick(
                "The campaign has a hundred rules: that is no judgement but a filter.",
                "该活动已有100条规则，无法继续增加。",
            ),
            WithholdingRefusal::StaleObject => self.pick(
                "Somebody else has changed the rule since you read it: look at it again.",
                "该规则已被他人更改，请刷新后再操作。",
            ),
            WithholdingRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to something else: use a new one.",
                "该幂等键已用于其他操作，请更换。",
            ),
        }
    }
}
