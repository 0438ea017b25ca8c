// Written by web/pages/build.js.
const SCRIPT: &str = "main-BuV5noZM.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-D4668e10.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-D4668e10.js.br"),
        gzip: include_bytes!("board-D4668e10.js.gz"),
    },
    File {
        name: "live-Bv_8Ceth.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-Bv_8Ceth.js.br"),
        gzip: include_bytes!("live-Bv_8Ceth.js.gz"),
    },
    File {
        name: "main-BuV5noZM.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-BuV5noZM.js.br"),
        gzip: include_bytes!("main-BuV5noZM.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-BnJ9cV7l.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BnJ9cV7l.js.br"),
        gzip: include_bytes!("stories-BnJ9cV7l.js.gz"),
    },
    File {
        name: "story-BFT4VPAj.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-BFT4VPAj.js.br"),
        gzip: include_bytes!("story-BFT4VPAj.js.gz"),
    },
];
