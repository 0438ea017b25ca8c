// Written by web/pages/build.js.
const SCRIPT: &str = "main-C8XklAsK.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-DwxfchQq.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-DwxfchQq.js.br"),
        gzip: include_bytes!("board-DwxfchQq.js.gz"),
    },
    File {
        name: "live-_eyNsihD.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-_eyNsihD.js.br"),
        gzip: include_bytes!("live-_eyNsihD.js.gz"),
    },
    File {
        name: "main-C8XklAsK.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-C8XklAsK.js.br"),
        gzip: include_bytes!("main-C8XklAsK.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-D1DF_Hfd.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-D1DF_Hfd.js.br"),
        gzip: include_bytes!("stories-D1DF_Hfd.js.gz"),
    },
    File {
        name: "story-7ILNxWpv.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-7ILNxWpv.js.br"),
        gzip: include_bytes!("story-7ILNxWpv.js.gz"),
    },
];
