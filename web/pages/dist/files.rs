// Written by web/pages/build.js.
const SCRIPT: &str = "main-Cg7atccN.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-C-ODBp3J.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-C-ODBp3J.js.br"),
        gzip: include_bytes!("board-C-ODBp3J.js.gz"),
    },
    File {
        name: "live-CZEIMyq5.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-CZEIMyq5.js.br"),
        gzip: include_bytes!("live-CZEIMyq5.js.gz"),
    },
    File {
        name: "main-Cg7atccN.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-Cg7atccN.js.br"),
        gzip: include_bytes!("main-Cg7atccN.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-DVlOUE5W.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-DVlOUE5W.js.br"),
        gzip: include_bytes!("stories-DVlOUE5W.js.gz"),
    },
    File {
        name: "story-C3CLlXvp.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-C3CLlXvp.js.br"),
        gzip: include_bytes!("story-C3CLlXvp.js.gz"),
    },
];
