// Written by web/pages/build.js.
const SCRIPT: &str = "main-Bq91BtnH.js";
const STYLE: &str = "main-pxhJok96.css";
const FILES: &[File] = &[
    File {
        name: "board-BMN9Iclf.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-BMN9Iclf.js.br"),
        gzip: include_bytes!("board-BMN9Iclf.js.gz"),
    },
    File {
        name: "live-DtwOUFzl.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-DtwOUFzl.js.br"),
        gzip: include_bytes!("live-DtwOUFzl.js.gz"),
    },
    File {
        name: "main-Bq91BtnH.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-Bq91BtnH.js.br"),
        gzip: include_bytes!("main-Bq91BtnH.js.gz"),
    },
    File {
        name: "main-pxhJok96.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-pxhJok96.css.br"),
        gzip: include_bytes!("main-pxhJok96.css.gz"),
    },
    File {
        name: "stories-BlZZpr1d.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BlZZpr1d.js.br"),
        gzip: include_bytes!("stories-BlZZpr1d.js.gz"),
    },
    File {
        name: "story-CoSENawm.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CoSENawm.js.br"),
        gzip: include_bytes!("story-CoSENawm.js.gz"),
    },
];
