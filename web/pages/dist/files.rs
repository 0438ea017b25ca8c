// Written by web/pages/build.js.
const SCRIPT: &str = "main-agHYIWub.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-MSnvNMZ_.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-MSnvNMZ_.js.br"),
        gzip: include_bytes!("board-MSnvNMZ_.js.gz"),
    },
    File {
        name: "live-v0h7eIWE.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-v0h7eIWE.js.br"),
        gzip: include_bytes!("live-v0h7eIWE.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-agHYIWub.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-agHYIWub.js.br"),
        gzip: include_bytes!("main-agHYIWub.js.gz"),
    },
    File {
        name: "stories-BAvGVxFg.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BAvGVxFg.js.br"),
        gzip: include_bytes!("stories-BAvGVxFg.js.gz"),
    },
    File {
        name: "story-C5KhpKM5.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-C5KhpKM5.js.br"),
        gzip: include_bytes!("story-C5KhpKM5.js.gz"),
    },
];
