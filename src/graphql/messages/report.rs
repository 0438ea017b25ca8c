//! The messages of reports.

use super::Language;
use crate::app::reports::{ReportLinkRefusal, ReportRefusal};

impl Language {
    /// The message of a report that was refused.
    #[must_use]
    pub fn report_refusal(self, why: ReportRefusal) -> &'static str {
        match why {
            ReportRefusal::WrongPhase => self.pick(
                "A report is made when voting has ended: wait for the closing, or close the campaign.",
                "投票结束后才能生成报告，请等待结束或先结束投票。",
            ),
            ReportRefusal::StillCounting => self.pick(
                "The last votes are still being stored: try again in ten seconds.",
                "最后的选票仍在入库，请十秒后再试。",
            ),
            ReportRefusal::TooMany => self.pick(
                "The campaign has a hundred reports, which are kept for ever: use the newest.",
                "该活动已有100份报告（永久保存），请使用最新一份。",
            ),
            ReportRefusal::TooLarge => self.pick(
                "The campaign has more to tell than a report holds: export its tables.",
                "数据量超过报告上限，请导出各项表格。",
            ),
            ReportRefusal::DoesNotAddUp => self.pick(
                "The stored figures do not agree with each other, so no report was made: ask the operator to run \
                 `acclaim verify`.",
                "已存数据相互不一致，未生成报告，请联系运维人员运行 acclaim verify。",
            ),
            ReportRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to something else: use a new one.",
                "该幂等键已用于其他操作，请更换。",
            ),
        }
    }

    /// The code and the message of a link that leads to no report.
    pub(crate) fn report_link_refusal(
        self,
        why: ReportLinkRefusal,
    ) -> (&'static str, &'static str) {
        match why {
            ReportLinkRefusal::NotFound => {
                let text = self.pick(
                    "There is no such report: ask for a new link.",
                    "没有这份报告，请重新获取链接。",
                );
                ("REPORT_NOT_FOUND", text)
            }
            ReportLinkRefusal::Expired => {
                let text = self.pick(
                    "The link has expired: ask for a new one.",
                    "链接已过期，请重新获取。",
                );
                ("REPORT_EXPIRED", text)
            }
        }
    }
}
