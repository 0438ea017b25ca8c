// Written by web/pages/build.js.
const SCRIPT: &str = "main-B-MR-L0C.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-C_-sW9NV.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-C_-sW9NV.js.br"),
        gzip: include_bytes!("board-C_-sW9NV.js.gz"),
    },
    File {
        name: "live-lETGZtF2.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-lETGZtF2.js.br"),
        gzip: include_bytes!("live-lETGZtF2.js.gz"),
    },
    File {
        name: "main-B-MR-L0C.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-B-MR-L0C.js.br"),
        gzip: include_bytes!("main-B-MR-L0C.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-DS3QNZ4M.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-DS3QNZ4M.js.br"),
        gzip: include_bytes!("stories-DS3QNZ4M.js.gz"),
    },
    File {
        name: "story-DdrZB1G_.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DdrZB1G_.js.br"),
        gzip: include_bytes!("story-DdrZB1G_.js.gz"),
    },
];
