// Written by web/pages/build.js.
const SCRIPT: &str = "main-B0jbg752.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-BS2NLtu2.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-BS2NLtu2.js.br"),
        gzip: include_bytes!("board-BS2NLtu2.js.gz"),
    },
    File {
        name: "live-k_X6aOY8.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-k_X6aOY8.js.br"),
        gzip: include_bytes!("live-k_X6aOY8.js.gz"),
    },
    File {
        name: "main-B0jbg752.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-B0jbg752.js.br"),
        gzip: include_bytes!("main-B0jbg752.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-DeoX4i2S.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-DeoX4i2S.js.br"),
        gzip: include_bytes!("stories-DeoX4i2S.js.gz"),
    },
    File {
        name: "story-DIdk6Q7N.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DIdk6Q7N.js.br"),
        gzip: include_bytes!("story-DIdk6Q7N.js.gz"),
    },
];
