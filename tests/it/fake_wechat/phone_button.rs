//! The phone button: `POST /wxa/business/getuserphonenumber`.
//!
//! | code | answer |
//! | --- | --- |
//! | `ok-<number>` | that number of mainland China, once; then 40029 |
//! | `example-<number>` | the same with the country as a number, as the documentation's example has it |
//! | `abroad-<number>` | a number of Hong Kong |
//! | `busy-*`, `busyonce-<number>` | -1, always; once, then as `ok-` |
//! | `slow-<number>` | none until [`super::FakeWeChat::answer_slow_calls`], then as `ok-` |
//! | `otherapp-<number>` | a number with another app's watermark |
//! | `errcode<n>-*` | that errcode |
//! | `missing-*`, `wrongtype-*`, `short-*` | no number, one of a wrong type, one that is none |
//! | `garbage-*`, `http500-*` | not JSON; status 500 |
//! | all others | 40029 |

use super::*;

pub(super) async fn find_number(
    State((platform, mut slow_answers)): State<(Arc<Platform>, watch::Receiver<bool>)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let _under_way = platform.enter();
    let query = parse_query(&query.unwrap_or_default());
    let good = format!("server-token-{}", platform.tokens.load(Ordering::SeqCst));
    if query.get("access_token") != Some(&good) {
        return error(42001, "access_token expired");
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default();
    let (behaviour, number) = code.split_once('-').unwrap_or_default();
    let (number, _) = number.split_once('#').unwrap_or((number, ""));
    let times = platform.times_presented(code);
    let china = json!("86");
    let app = FakeWeChat::APP_ID;
    match behaviour {
        "busy" => error(-1, "system error"),
        "busyonce" if times == 1 => error(-1, "system error"),
        "busyonce" if times == 2 => number_of(number, &china, app),
        "slow" => {
            let _ = slow_answers.wait_for(|answer| *answer).await;
            number_of(number, &china, app)
        }
        "ok" if times == 1 => number_of(number, &china, app),
        "example" => number_of(number, &json!(86), app),
        "abroad" => number_of(number, &json!("852"), app),
        "otherapp" => number_of(number, &china, "wx-another-app"),
        "short" => number_of(&number[..7], &china, app),
        "wrongtype" => number_of(number, &json!([86]), app),
        "missing" => text(json!({ "errcode": 0, "errmsg": "ok" }).to_string()),
        "garbage" => text("<html>502</html>".to_owned()),
        "http500" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => {
            let errcode = behaviour.strip_prefix("errcode");
            let errcode = errcode.and_then(|number| number.parse().ok());
            error(errcode.unwrap_or(40029), "invalid code hint: [x]")
        }
    }
}

fn number_of(pure: &str, country: &Value, app_id: &str) -> Response {
    let info = json!({
        "phoneNumber": pure,
        "purePhoneNumber": pure,
        "countryCode": country,
        "watermark": { "timestamp": 1_637_744_274, "appid": app_id },
    });
    text(json!({ "errcode": 0, "errmsg": "ok", "phone_info": info }).to_string())
}
