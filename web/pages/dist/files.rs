// Written by web/pages/build.js.
const SCRIPT: &str = "main-DmRAyi8g.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-DiVlFwAZ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-DiVlFwAZ.js.br"),
        gzip: include_bytes!("board-DiVlFwAZ.js.gz"),
    },
    File {
        name: "live-DKdcH_-O.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-DKdcH_-O.js.br"),
        gzip: include_bytes!("live-DKdcH_-O.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-DmRAyi8g.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-DmRAyi8g.js.br"),
        gzip: include_bytes!("main-DmRAyi8g.js.gz"),
    },
    File {
        name: "stories-CYLYJAFs.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-CYLYJAFs.js.br"),
        gzip: include_bytes!("stories-CYLYJAFs.js.gz"),
    },
    File {
        name: "story-DcfHvLah.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DcfHvLah.js.br"),
        gzip: include_bytes!("story-DcfHvLah.js.gz"),
    },
];
