// Written by web/pages/build.js.
const SCRIPT: &str = "main-Bt2yncLl.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-C-k9ABk6.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-C-k9ABk6.js.br"),
        gzip: include_bytes!("board-C-k9ABk6.js.gz"),
    },
    File {
        name: "live-3prfutom.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-3prfutom.js.br"),
        gzip: include_bytes!("live-3prfutom.js.gz"),
    },
    File {
        name: "main-Bt2yncLl.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-Bt2yncLl.js.br"),
        gzip: include_bytes!("main-Bt2yncLl.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-DsX8pnV3.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-DsX8pnV3.js.br"),
        gzip: include_bytes!("stories-DsX8pnV3.js.gz"),
    },
    File {
        name: "story-DR68sg6z.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DR68sg6z.js.br"),
        gzip: include_bytes!("story-DR68sg6z.js.gz"),
    },
];
