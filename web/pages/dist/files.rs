// Written by web/pages/build.js.
const SCRIPT: &str = "main-DsgygCe1.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-DKynOBXd.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-DKynOBXd.js.br"),
        gzip: include_bytes!("board-DKynOBXd.js.gz"),
    },
    File {
        name: "live-D4GUhueR.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-D4GUhueR.js.br"),
        gzip: include_bytes!("live-D4GUhueR.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-DsgygCe1.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-DsgygCe1.js.br"),
        gzip: include_bytes!("main-DsgygCe1.js.gz"),
    },
    File {
        name: "stories-CrgcHf5b.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-CrgcHf5b.js.br"),
        gzip: include_bytes!("stories-CrgcHf5b.js.gz"),
    },
    File {
        name: "story-9RfynG9q.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-9RfynG9q.js.br"),
        gzip: include_bytes!("story-9RfynG9q.js.gz"),
    },
];
