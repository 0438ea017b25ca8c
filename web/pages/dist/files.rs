// Written by web/pages/build.js.
const SCRIPT: &str = "main-S7lEw_Cl.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-Ba0RgowM.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-Ba0RgowM.js.br"),
        gzip: include_bytes!("board-Ba0RgowM.js.gz"),
    },
    File {
        name: "live-DQTESSBE.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-DQTESSBE.js.br"),
        gzip: include_bytes!("live-DQTESSBE.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-S7lEw_Cl.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-S7lEw_Cl.js.br"),
        gzip: include_bytes!("main-S7lEw_Cl.js.gz"),
    },
    File {
        name: "stories-xdVEOax8.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-xdVEOax8.js.br"),
        gzip: include_bytes!("stories-xdVEOax8.js.gz"),
    },
    File {
        name: "story-Bd36KFcz.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-Bd36KFcz.js.br"),
        gzip: include_bytes!("story-Bd36KFcz.js.gz"),
    },
];
