// Written by web/pages/build.js.
const SCRIPT: &str = "main-BwT3eyFF.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-DADANauN.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-DADANauN.js.br"),
        gzip: include_bytes!("board-DADANauN.js.gz"),
    },
    File {
        name: "live-yn0rZJgV.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-yn0rZJgV.js.br"),
        gzip: include_bytes!("live-yn0rZJgV.js.gz"),
    },
    File {
        name: "main-BwT3eyFF.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-BwT3eyFF.js.br"),
        gzip: include_bytes!("main-BwT3eyFF.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-3l0oC76Z.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-3l0oC76Z.js.br"),
        gzip: include_bytes!("stories-3l0oC76Z.js.gz"),
    },
    File {
        name: "story-CxfBDZiQ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CxfBDZiQ.js.br"),
        gzip: include_bytes!("story-CxfBDZiQ.js.gz"),
    },
];
