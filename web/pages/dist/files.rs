// Written by web/pages/build.js.
const SCRIPT: &str = "main-BkNUVXh6.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-0ENy8qkI.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-0ENy8qkI.js.br"),
        gzip: include_bytes!("board-0ENy8qkI.js.gz"),
    },
    File {
        name: "live-bKn-SDFh.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-bKn-SDFh.js.br"),
        gzip: include_bytes!("live-bKn-SDFh.js.gz"),
    },
    File {
        name: "main-BkNUVXh6.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-BkNUVXh6.js.br"),
        gzip: include_bytes!("main-BkNUVXh6.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-Cd-2xcqY.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-Cd-2xcqY.js.br"),
        gzip: include_bytes!("stories-Cd-2xcqY.js.gz"),
    },
    File {
        name: "story-CCSquQAL.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CCSquQAL.js.br"),
        gzip: include_bytes!("story-CCSquQAL.js.gz"),
    },
];
