// Written by web/pages/build.js.
const SCRIPT: &str = "main-fiEf6L4d.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-DoZrGIfE.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-DoZrGIfE.js.br"),
        gzip: include_bytes!("board-DoZrGIfE.js.gz"),
    },
    File {
        name: "live-V9orXaV_.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-V9orXaV_.js.br"),
        gzip: include_bytes!("live-V9orXaV_.js.gz"),
    },
    File {
        name: "main-fiEf6L4d.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-fiEf6L4d.js.br"),
        gzip: include_bytes!("main-fiEf6L4d.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-P9OXKgha.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-P9OXKgha.js.br"),
        gzip: include_bytes!("stories-P9OXKgha.js.gz"),
    },
    File {
        name: "story-DdVUMXXk.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DdVUMXXk.js.br"),
        gzip: include_bytes!("story-DdVUMXXk.js.gz"),
    },
];
