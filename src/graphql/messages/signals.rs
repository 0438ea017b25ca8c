//! The sentences of signals, in English and Chinese.

use acclaim_signals::{Behaviour, Signal};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::Language;
use crate::domain::signals::{Alarm, CaseRefusal, Finding, Place};

/// Names of a ballot's nominees that a sentence has.
const NAMES_MAX: usize = 5;

impl Language {
    /// An alarm in one sentence: what concentrates where, and what would be usual. `names` are its nominees', times the
    /// campaign's.
    #[must_use]
    pub fn signal(self, alarm: &Alarm, names: &[&str], zone: Tz) -> String {
        let (number, expected) = (count(alarm.number), count(alarm.expected));
        let name = self.names(names);
        let day = self.day(alarm.from, zone);
        let is_chinese = self == Self::Chinese;
        match alarm.signal {
            Signal::SameBallot if is_chinese => format!(
                "{day}有{number}位投票人投出同样的{}人组合（{name}），偶然情况下约为{expected}位。",
                alarm.nominee_ids.len()
            ),
            Signal::SameBallot => format!(
                "{number} voters chose the same {} nominees on {day} ({name}); by chance about {expected} would.",
                alarm.nominee_ids.len()
            ),
            Signal::ManySmallNetworks if is_chinese => {
                format!("{day}有{number}个小型网络集中投给{name}，通常约为{expected}个。")
            }
            Signal::ManySmallNetworks => format!(
                "{number} small networks voted for {name} above all on {day}; about {expected} would be usual."
            ),
            Signal::SelectiveNetwork | Signal::SelectiveModel => {
                let place = self.place(alarm.place);
                if is_chinese {
                    format!("{day}有{number}位{place}的投票人投给{name}，通常约为{expected}位。")
                } else {
                    format!(
                        "{number} voters {place} voted for {name} on {day}; about {expected} would be usual."
                    )
                }
            }
            Signal::ShareSpike | Signal::Wave | Signal::NightDrip => {
                self.signal_of_hours(alarm, &name, zone)
            }
            Signal::Unseen if is_chinese => {
                format!(
                    "{day}投给{name}的票中有{number}票未曾打开过活动页面，通常约为{expected}票。"
                )
            }
            Signal::Unseen => format!(
                "{number} votes for {name} on {day} came from clients that had not shown the campaign; about \
                 {expected} would be usual."
            ),
        }
    }

    /// An alarm about some hours: more votes than before, or than by day.
    fn signal_of_hours(self, alarm: &Alarm, name: &str, zone: Tz) -> String {
        let (number, expected) = (count(alarm.number), count(alarm.expected));
        let (day, window) = (self.day(alarm.from, zone), self.window(alarm, zone));
        let is_chinese = self == Self::Chinese;
        match alarm.signal {
            Signal::ShareSpike if is_chinese => format!(
                "{name}在{window}获得{number}票（不含其分享链接带来的票），按此前占比约为{expected}票。"
            ),
            Signal::ShareSpike => format!(
                "{name} got {number} votes from {window}, without those by its own share links; its share of before \
                 lets expect {expected}."
            ),
            Signal::Wave if is_chinese => {
                format!(
                    "{name}在{window}获得{number}票（含分享链接），按此前占比约为{expected}票。"
                )
            }
            Signal::Wave => format!(
                "{name} got {number} votes from {window}, those by share links too; its share of before lets expect \
                 {expected}."
            ),
            _ if is_chinese => format!(
                "{name}在{day}夜间获得{number}票（不含其分享链接带来的票），按白天占比约为{expected}票。"
            ),
            _ => format!(
                "{name} got {number} votes in the night of {day}, without those by its own share links; its share by \
                 day lets expect {expected}."
            ),
        }
    }

    /// A behaviour that votes show, in one sentence.
    #[must_use]
    pub fn signal_finding(self, finding: &Finding) -> String {
        let (number, threshold) = (percent(finding.number), percent(finding.threshold));
        let (english, chinese) = match finding.behaviour {
            Behaviour::Unseen => (
                "of the visits voted without having been shown the campaign",
                "的访问在未打开活动页面的情况下投票",
            ),
            Behaviour::Fast => (
                "of the visits voted within three seconds of being shown the campaign",
                "的访问在打开页面三秒内完成投票",
            ),
            Behaviour::Phones => (
                "of the pairs of phones on one network are of one model",
                "的同网络手机配对为同一机型",
            ),
            Behaviour::Clock => (
                "of the time visits came at even intervals",
                "的时段内访问间隔均匀",
            ),
            Behaviour::Pace => {
                return match self {
                    Self::English => format!(
                        "Times from page to vote vary {number} as much as is usual (telling up to {threshold})."
                    ),
                    Self::Chinese => {
                        format!(
                            "从打开页面到投票的用时差异仅为平常的{number}（{threshold}以下视为异常）。"
                        )
                    }
                };
            }
            Behaviour::Night => (
                "of the visits came between 1 and 5 in the morning, from several networks",
                "的访问发生在凌晨1点至5点，且来自多个网络",
            ),
            Behaviour::Repeat => (
                "of the voters voted again the next day",
                "的投票人次日再次投票",
            ),
            Behaviour::OneModel => ("of the phones are of one model", "的手机为同一机型"),
        };
        match self {
            Self::English => format!("{number} {english} (telling from {threshold} on)."),
            Self::Chinese => format!("{number}{chinese}（{threshold}以上视为异常）。"),
        }
    }

    /// The message of a case that was not decided on.
    #[must_use]
    pub fn case_refusal(self, why: CaseRefusal) -> &'static str {
        match why {
            CaseRefusal::NoteRequired => self.pick(
                "Say in at most 500 characters why nothing of it is to be withheld.",
                "请说明无需暂扣的理由（最多500字）。",
            ),
            CaseRefusal::WrongState => self.pick(
                "The case has been decided on already: look at it again.",
                "该线索已处理，请刷新查看。",
            ),
            CaseRefusal::StaleObject => self.pick(
                "Somebody else has decided on the case since you read it: look at it again.",
                "该线索已被他人处理，请刷新后再操作。",
            ),
        }
    }

    fn names(self, names: &[&str]) -> String {
        let shown = names.iter().take(NAMES_MAX).copied().collect::<Vec<_>>();
        let more = names.len().saturating_sub(NAMES_MAX);
        match self {
            Self::English if more > 0 => format!("{} and {more} more", shown.join(", ")),
            Self::English => shown.join(", "),
            Self::Chinese if more > 0 => format!("{}等", shown.join("、")),
            Self::Chinese => shown.join("、"),
        }
    }

    fn place(self, place: Place) -> &'static str {
        match place {
            Place::NetworkBlock(_) => self.pick("from one block of networks", "同一网段"),
            Place::PhoneModel(_) => self.pick("on one phone model", "同一机型"),
            Place::Network(_) | Place::Networks | Place::Anywhere => {
                self.pick("from one network", "同一网络")
            }
        }
    }

    fn day(self, at: DateTime<Utc>, zone: Tz) -> String {
        let at = at.with_timezone(&zone);
        at.format(self.pick("%-d %B", "%-m月%-d日")).to_string()
    }

    /// The window of an alarm, with the day at its end where it is another one.
    fn window(self, alarm: &Alarm, zone: Tz) -> String {
        let (from, until) = (
            alarm.from.with_timezone(&zone),
            alarm.until.with_timezone(&zone),
        );
        let with_day = self.pick("%-d %B %H:%M", "%-m月%-d日%H:%M");
        let is_one_day = from.date_naive() == until.date_naive();
        let end = if is_one_day { "%H:%M" } else { with_day };
        let (from, until) = (from.format(with_day), until.format(end));
        match self {
            Self::English => format!("{from} to {until}"),
            Self::Chinese => format!("{from}至{until}"),
        }
    }
}

/// A number of votes or voters; below ten with a digit behind the point.
fn count(number: f64) -> String {
    if number < 10.0 && number.fract() > 0.05 {
        format!("{number:.1}")
    } else {
        format!("{number:.0}")
    }
}

fn percent(part: f64) -> String {
    format!("{:.0}%", 100.0 * part)
}
