// Written by web/pages/build.js.
const SCRIPT: &str = "main-Bp-N40F0.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-CQTr3fhK.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-CQTr3fhK.js.br"),
        gzip: include_bytes!("board-CQTr3fhK.js.gz"),
    },
    File {
        name: "live-CIjXOXCH.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-CIjXOXCH.js.br"),
        gzip: include_bytes!("live-CIjXOXCH.js.gz"),
    },
    File {
        name: "main-Bp-N40F0.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-Bp-N40F0.js.br"),
        gzip: include_bytes!("main-Bp-N40F0.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-BiE4g0mW.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BiE4g0mW.js.br"),
        gzip: include_bytes!("stories-BiE4g0mW.js.gz"),
    },
    File {
        name: "story-CAQYih4L.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CAQYih4L.js.br"),
        gzip: include_bytes!("story-CAQYih4L.js.gz"),
    },
];
