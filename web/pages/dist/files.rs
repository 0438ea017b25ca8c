// Written by web/pages/build.js.
const SCRIPT: &str = "main-BNp6dS_7.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-Ba3Hz-9S.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-Ba3Hz-9S.js.br"),
        gzip: include_bytes!("board-Ba3Hz-9S.js.gz"),
    },
    File {
        name: "live-BxZyFlYp.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-BxZyFlYp.js.br"),
        gzip: include_bytes!("live-BxZyFlYp.js.gz"),
    },
    File {
        name: "main-BNp6dS_7.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-BNp6dS_7.js.br"),
        gzip: include_bytes!("main-BNp6dS_7.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "stories-BhEbkb6-.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BhEbkb6-.js.br"),
        gzip: include_bytes!("stories-BhEbkb6-.js.gz"),
    },
    File {
        name: "story-C7PBIy-z.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-C7PBIy-z.js.br"),
        gzip: include_bytes!("story-C7PBIy-z.js.gz"),
    },
];
