//! The messages of exports.

use super::Language;
use crate::app::desk::ExportRefusal;
use crate::app::exports::ExportLinkRefusal;
use crate::domain::export::ExportFailure;

impl Language {
    /// The message of an export that was refused.
    pub(in crate::graphql) fn export_refusal(self, why: ExportRefusal) -> &'static str {
        match why {
            ExportRefusal::NoStore => self.pick(
                "This server has no place for files: its operator sets ACCLAIM_MEDIA_URL.",
                "本服务尚未设置文件存储，请联系运维人员设置 ACCLAIM_MEDIA_URL。",
            ),
            ExportRefusal::TooMany => self.pick(
                "Ten exports of the organisation are not finished yet: wait for one of them.",
                "本组织已有10个导出任务尚未完成，请稍后再试。",
            ),
            ExportRefusal::IdempotencyKeyReused => self.pick(
                "This idempotency key belongs to something else: use a new one.",
                "该幂等键已用于其他操作，请更换。",
            ),
        }
    }

    /// The code and the message of a link that leads to no file.
    pub(crate) fn export_link_refusal(
        self,
        why: ExportLinkRefusal,
    ) -> (&'static str, &'static str) {
        match why {
            ExportLinkRefusal::NotFound => {
                let text = self.pick(
                    "There is no such export: ask for a new link.",
                    "没有这个导出文件，请重新获取链接。",
                );
                ("EXPORT_NOT_FOUND", text)
            }
            ExportLinkRefusal::Expired => {
                let text = self.pick(
                    "The link has expired: ask for a new one.",
                    "链接已过期，请重新获取。",
                );
                ("EXPORT_EXPIRED", text)
            }
        }
    }

    /// The reason why an export has no file.
    #[must_use]
    pub fn export_failure(self, failure: ExportFailure) -> &'static str {
        match failure {
            ExportFailure::CampaignGone => {
                self.pick("The campaign was deleted.", "活动已被删除。")
            }
            ExportFailure::TooManyRows => self.pick(
                "It has more rows than ten worksheets take: ask for CSV.",
                "行数超过10个工作表的上限，请导出为 CSV。",
            ),
            ExportFailure::GaveUp => self.pick(
                "It could not be written in several attempts: ask for it again, and tell the operator.",
                "多次尝试后仍未能生成文件，请重新导出，并告知运维人员。",
            ),
        }
    }
}
