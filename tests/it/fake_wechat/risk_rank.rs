//! The ranks of risk: `POST /wxa/getuserriskrank`.
//!
//! A person's rank is the one that the test gave it, or 0; or what [`super::FakeWeChat::answer_ranks_with`] says.

use super::*;

/// The answers that come in the place of ranks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RankAnswer {
    /// The ranks themselves.
    #[default]
    Ranks,
    /// An errcode.
    Errcode(i64),
    /// No JSON.
    Garbage,
    /// Nothing until [`super::FakeWeChat::answer_slow_calls`].
    Silence,
}

#[derive(Default)]
pub(super) struct Ranks {
    answer: Mutex<RankAnswer>,
    by_openid: Mutex<HashMap<String, i64>>,
    /// The openids and addresses that were asked for.
    asked: Mutex<Vec<(String, String)>>,
    under_way: AtomicUsize,
    under_way_max: AtomicUsize,
}

const NO_PANIC: &str = "no panic while ranks are noted";

impl FakeWeChat {
    /// From now on the account of this name has this rank.
    pub fn rank(&self, name: &str, rank: i64) {
        let mut ranks = self.platform.ranks.by_openid.lock().expect(NO_PANIC);
        ranks.insert(format!("openid-of-{name}"), rank);
    }

    /// From now on calls for ranks are answered like this.
    pub fn answer_ranks_with(&self, answer: RankAnswer) {
        *self.platform.ranks.answer.lock().expect(NO_PANIC) = answer;
    }

    /// The openids and addresses that ranks were asked for, in their order.
    pub fn ranks_asked(&self) -> Vec<(String, String)> {
        self.platform.ranks.asked.lock().expect(NO_PANIC).clone()
    }

    /// The highest number of calls for ranks under way at once.
    pub fn ranks_under_way_max(&self) -> usize {
        self.platform.ranks.under_way_max.load(Ordering::SeqCst)
    }
}

/// One call under way; also ends when the client hangs up and the handler is dropped.
struct UnderWay<'a>(&'a Ranks);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) async fn find_rank(
    State((platform, mut slow_answers)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let ranks = &platform.ranks;
    let under_way = ranks.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    ranks.under_way_max.fetch_max(under_way, Ordering::SeqCst);
    let _under_way = UnderWay(ranks);
    let query = parse_query(&query.unwrap_or_default());
    let good = format!("server-token-{}", platform.tokens.load(Ordering::SeqCst));
    if query.get("access_token") != Some(&good) {
        return error(40001, "invalid credential");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (openid, client_ip) = (field("openid"), field("client_ip"));
    if field("appid") != FakeWeChat::APP_ID {
        return error(43104, "appid and openid not match");
    }
    if !openid.starts_with("openid-of-") {
        return error(40003, "invalid openid");
    }
    if !matches!(body["scene"].as_i64(), Some(0 | 1)) {
        return error(40129, "invalid scene");
    }
    if client_ip.is_empty() {
        return error(44002, "empty post data");
    }
    ranks
        .asked
        .lock()
        .expect(NO_PANIC)
        .push((openid.clone(), client_ip));
    let answer = *ranks.answer.lock().expect(NO_PANIC);
    match answer {
        RankAnswer::Ranks => {}
        RankAnswer::Errcode(errcode) => return error(errcode, "refused"),
        RankAnswer::Garbage => return text("<html>502</html>".to_owned()),
        RankAnswer::Silence => {
            let _ = slow_answers.wait_for(|answer| *answer).await;
        }
    }
    let rank = ranks
        .by_openid
        .lock()
        .expect(NO_PANIC)
        .get(&openid)
        .copied();
    let answer = json!({
        "errcode": 0,
        "errmsg": "getuserriskrank succ",
        "risk_rank": rank.unwrap_or(0),
        "unoin_id": 123_456,
    });
    text(answer.to_string())
}
