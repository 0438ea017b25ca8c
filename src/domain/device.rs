//! The model of a device with its client, as its `User-Agent` says: what a rack of phones has in common, where each
//! account on a phone has a storage, and so a random id, of its own.
//!
//! Versions, builds, languages and networks are left out: they change under way, and make one phone look like several.

/// Clients that carry a page or a mini-program, by their part of a `User-Agent`.
const CLIENTS: [(&str, &str); 9] = [
    ("wxwork/", "wecom"),
    ("MicroMessenger/", "wechat"),
    ("AlipayClient/", "alipay"),
    ("aweme/", "douyin"),
    ("BytedanceWebview/", "douyin"),
    ("Weibo", "weibo"),
    ("QQ/", "qq"),
    ("UCBrowser/", "uc"),
    ("Quark/", "quark"),
];
/// Desktops, by their part of a `User-Agent`'s first comment.
const DESKTOPS: [&str; 4] = ["Windows", "Macintosh", "X11", "CrOS"];
/// The name of any other client.
const OTHER_CLIENT: &str = "browser";
/// Characters of a model: what is longer is none that a maker gives.
const MODEL_CHARS_MAX: usize = 80;

/// The model and client of a phone or tablet, such as `M2102J2SC wechat` or `CPU iPhone OS 16_5 like Mac OS X browser`:
/// an iPhone names no model, and its system is the next best. None for a desktop, which names none, and for a script.
#[must_use]
pub fn model_and_client(user_agent: &str) -> Option<String> {
    let comment = user_agent.split_once('(')?.1.split_once(')')?.0;
    if DESKTOPS.iter().any(|mark| comment.contains(mark)) {
        return None;
    }
    let model = comment.split(';').map(str::trim).find_map(model_of_part)?;
    let is_long = model.chars().count() > MODEL_CHARS_MAX;
    let client = CLIENTS.iter().find(|(mark, _)| user_agent.contains(mark));
    let client = client.map_or(OTHER_CLIENT, |(_, name)| name);
    (!is_long && !model.is_empty()).then(|| format!("{model} {client}"))
}

/// The model, if this part of the first comment is the one that names it: on Android the part behind the system's
/// version, on iPhones and iPads the system.
fn model_of_part(part: &str) -> Option<&str> {
    if part.starts_with("CPU iPhone OS") || part.starts_with("CPU OS") {
        return Some(part);
    }
    let is_other = part == "Linux"
        || part == "U"
        || part == "wv"
        || part == "K"
        || part.starts_with("Android")
        || part.starts_with("HarmonyOS")
        || part.starts_with("iPhone")
        || part.starts_with("iPad")
        || part.starts_with("compatible")
        || part.starts_with("rv:")
        || is_language(part);
    let model = part.split(" Build/").next().unwrap_or(part).trim_end();
    (!is_other).then_some(model)
}

/// Whether it is a language as old browsers name it: `zh-cn`.
fn is_language(part: &str) -> bool {
    let is_letters = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
    part.split_once(['-', '_'])
        .is_some_and(|(language, region)| is_letters(language) && is_letters(region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_its_model_and_client_whatever_its_versions_and_network() {
        let of = |chrome: &str, wechat: &str, net: &str| {
            model_and_client(&format!(
                "Mozilla/5.0 (Linux; Android 13; M2102J2SC Build/TKQ1.220829.002; wv) AppleWebKit/537.36 (KHTML, like \
                 Gecko) Version/4.0 Chrome/{chrome} Mobile Safari/537.36 MMWEBID/3141 MicroMessenger/{wechat} \
                 WeChat/arm64 Weixin NetType/{net} Language/zh_CN ABI/arm64 MiniProgramEnv/android"
            ))
        };
        let phone = of("107.0.5304.141", "8.0.33.2320(0x28002151)", "WIFI");
        assert_eq!(phone.as_deref(), Some("M2102J2SC wechat"));
        assert_eq!(phone, of("111.0.5563.116", "8.0.40", "5G"));
    }

    #[test]
    fn phones_name_their_model_and_desktops_and_scripts_none() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                 Mobile/15E148 MicroMessenger/8.0.38(0x1800262c) NetType/WIFI Language/zh_CN",
                Some("CPU iPhone OS 16_5 like Mac OS X wechat"),
            ),
            (
                "Mozilla/5.0 (Linux; U; Android 10; zh-cn; HMA-AL00 Build/HUAWEIHMA-AL00) AppleWebKit/537.36 Mobile",
                Some("HMA-AL00 browser"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile",
                None,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/107.0 Safari/537.36",
                None,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/16.5 Safari/605.1.15",
                None,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
                None,
            ),
            ("python-requests/2.31", None),
            ("()", None),
            ("(", None),
            ("", None),
        ] {
            assert_eq!(
                model_and_client(user_agent).as_deref(),
                expected,
                "{user_agent}"
            );
        }
        assert_eq!(
            model_and_client(&format!("Mozilla/5.0 ({})", "x".repeat(500))),
            None
        );
    }
}
