// Written by web/pages/build.js.
const SCRIPT: &str = "main-C1zMRlRa.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-tAVrPTWk.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-tAVrPTWk.js.br"),
        gzip: include_bytes!("board-tAVrPTWk.js.gz"),
    },
    File {
        name: "live-CG6wPLic.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-CG6wPLic.js.br"),
        gzip: include_bytes!("live-CG6wPLic.js.gz"),
    },
    File {
        name: "main-C1zMRlRa.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-C1zMRlRa.js.br"),
        gzip: include_bytes!("main-C1zMRlRa.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-PPAyKdgj.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-PPAyKdgj.js.br"),
        gzip: include_bytes!("stories-PPAyKdgj.js.gz"),
    },
    File {
        name: "story-BEO2YZVd.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-BEO2YZVd.js.br"),
        gzip: include_bytes!("story-BEO2YZVd.js.gz"),
    },
];
