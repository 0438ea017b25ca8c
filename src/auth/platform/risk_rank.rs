//! The platform's rank of risk for a person: `getuserriskrank`, with the server's own token.
//!
//! Protocol: `developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/sec-center/safety-control-capability/`, the page
//! `getUserRiskRank.html`. It wants the openid of a person who was in the mini-program a moment ago, and the address
//! that the person comes from: it is asked at sign-in, where both are at hand. Whoever has no rank goes on without one;
//! nobody is kept waiting for it.

use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use super::PlatformId;
use super::failure::{CodeExchangeError, Failure};
use super::mini_program::WeChat;
use super::outbound::{ANSWER_BYTES_MAX, read};
use crate::auth::secret::Secret;
use crate::domain::risk::RiskRank;
use crate::telemetry::RequestId;

/// The time that a sign-in waits for a rank, with the wait for a turn and a token: a second is felt, two are long.
const WAIT_MAX: Duration = Duration::from_secs(1);
/// The occasion of a rank: of the two that the platform knows, a registration and a campaign that is abused.
const SCENE_CAMPAIGN: u8 = 1;

impl WeChat {
    /// Whether this server asks for ranks of risk.
    #[must_use]
    pub fn asks_for_risk(&self) -> bool {
        self.risk_gate.is_some()
    }

    /// The rank of the person with this openid, who comes from this address; `owner` names the address where places are
    /// shared out. None, and a line in the log, where the platform gives none within a second.
    pub async fn find_risk_rank(
        &self,
        openid: &PlatformId,
        client_ip: IpAddr,
        owner: Uuid,
    ) -> Option<RiskRank> {
        let gate = self.risk_gate.as_ref()?;
        let asking = async {
            let _pass = match gate.enter(owner).await {
                Ok(pass) => pass,
                Err(busy) => return Err(Unknown::Busy(busy)),
            };
            let (openid, client_ip) = (openid.as_str(), client_ip.to_canonical().to_string());
            let client_ip = client_ip.as_str();
            let call = |token: Secret| async move {
                self.call_for_risk_rank(&token, openid, client_ip).await
            };
            self.app.with_token(call).await.map_err(Unknown::Failed)
        };
        let answered = timeout(WAIT_MAX, asking).await;
        let request = RequestId::current();
        match answered.unwrap_or(Err(Unknown::Failed(Failure::Late))) {
            Ok(rank) => Some(rank),
            Err(Unknown::Busy(busy)) => {
                tracing::debug!(request, %busy, "WeChat is not asked for a rank of risk");
                None
            }
            Err(Unknown::Failed(failure)) => {
                tracing::warn!(request, %failure, "WeChat gave no rank of risk; the voter goes on without");
                None
            }
        }
    }

    async fn call_for_risk_rank(
        &self,
        token: &Secret,
        openid: &str,
        client_ip: &str,
    ) -> Result<RiskRank, Failure> {
        let body = json!({
            "appid": self.app.id,
            "openid": openid,
            "scene": SCENE_CAMPAIGN,
            "client_ip": client_ip,
        });
        let outbound = &self.app.outbound;
        let request = outbound.post(outbound.endpoint("/wxa/getuserriskrank"));
        let request = request.query(&[("access_token", token.reveal())]);
        let request = request.json(&body);
        parse_rank(&read(request, ANSWER_BYTES_MAX).await?)
    }
}

/// The reason why there is no rank.
enum Unknown {
    /// There was no turn to ask.
    Busy(CodeExchangeError),
    /// The platform gave none.
    Failed(Failure),
}

/// Reads the answer to a call for a rank.
fn parse_rank(answer: &[u8]) -> Result<RiskRank, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        errcode: Option<i64>,
        risk_rank: Option<i64>,
    }

    let answer: Answer = serde_json::from_slice(answer).map_err(|_| Failure::AnswerUnreadable)?;
    match answer.errcode {
        None | Some(0) => {}
        Some(errcode) => return Err(Failure::Errcode(errcode)),
    }
    let rank = answer.risk_rank.ok_or(Failure::AnswerIncomplete)?;
    RiskRank::try_from(rank).map_err(|_| Failure::AnswerIncomplete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_rank_of_the_documentation_counts() {
        let rank = |answer: &str| parse_rank(answer.as_bytes()).ok().map(RiskRank::number);
        for (answer, expected) in [
            (
                r#"{"errcode":0,"errmsg":"getuserriskrank succ","risk_rank":0,"unoin_id":123456}"#,
                Some(0),
            ),
            (r#"{"errcode":0,"risk_rank":4,"unoin_id":"x"}"#, Some(4)),
            (r#"{"risk_rank":2}"#, Some(2)),
            (r#"{"errcode":0,"risk_rank":5}"#, None),
            (r#"{"errcode":0,"risk_rank":-1}"#, None),
            (r#"{"errcode":0,"risk_rank":"4"}"#, None),
            (r#"{"errcode":0,"errmsg":"ok"}"#, None),
            // Without the right to ask, or for a person who was not there lately, even beside a rank.
            (r#"{"errcode":48001,"errmsg":"no right"}"#, None),
            (r#"{"errcode":61010,"risk_rank":0}"#, None),
            ("", None),
        ] {
            assert_eq!(rank(answer), expected, "{answer}");
        }
    }
}
