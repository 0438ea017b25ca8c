// Written by web/pages/build.js.
const SCRIPT: &str = "main-tvK-m3Tj.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-8vEzA-4M.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-8vEzA-4M.js.br"),
        gzip: include_bytes!("board-8vEzA-4M.js.gz"),
    },
    File {
        name: "live-Cgujaayf.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-Cgujaayf.js.br"),
        gzip: include_bytes!("live-Cgujaayf.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-tvK-m3Tj.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-tvK-m3Tj.js.br"),
        gzip: include_bytes!("main-tvK-m3Tj.js.gz"),
    },
    File {
        name: "stories-CXlk8DPP.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-CXlk8DPP.js.br"),
        gzip: include_bytes!("stories-CXlk8DPP.js.gz"),
    },
    File {
        name: "story--KVGIdk-.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story--KVGIdk-.js.br"),
        gzip: include_bytes!("story--KVGIdk-.js.gz"),
    },
];
