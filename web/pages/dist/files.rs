// Written by web/pages/build.js.
const SCRIPT: &str = "main-DbI6DEqY.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-4CvPJOsi.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-4CvPJOsi.js.br"),
        gzip: include_bytes!("board-4CvPJOsi.js.gz"),
    },
    File {
        name: "live-Cev37GdZ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-Cev37GdZ.js.br"),
        gzip: include_bytes!("live-Cev37GdZ.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-DbI6DEqY.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-DbI6DEqY.js.br"),
        gzip: include_bytes!("main-DbI6DEqY.js.gz"),
    },
    File {
        name: "stories-C8kThPub.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-C8kThPub.js.br"),
        gzip: include_bytes!("stories-C8kThPub.js.gz"),
    },
    File {
        name: "story-CEnjeUa6.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CEnjeUa6.js.br"),
        gzip: include_bytes!("story-CEnjeUa6.js.gz"),
    },
];
