//! Addresses of pictures and other media, which pages link and clients open: of the web only, so that none of them runs
//! anything where it is opened (`javascript:`) or leads to a file.

/// Whether an address is one of the web.
#[must_use]
pub fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// The address, if it is one of the web.
#[must_use]
pub fn web(address: Option<&str>) -> Option<&str> {
    address.filter(|address| is_web(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_are_told_from_others() {
        for good in ["https://x.example/a.png", "http://x.example"] {
            assert_eq!(web(Some(good)), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " javascript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//x.example/a.png",
            "/a.png",
            "https:x.example",
            "",
        ] {
            assert_eq!(web(Some(bad)), None, "{bad}");
        }
        assert_eq!(web(None), None);
    }
}
