// Written by web/pages/build.js.
const SCRIPT: &str = "main-C4P4AY4j.js";
const STYLE: &str = "main-DaJIYlwr.css";
const FILES: &[File] = &[
    File {
        name: "board-BcHqi4m5.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-BcHqi4m5.js.br"),
        gzip: include_bytes!("board-BcHqi4m5.js.gz"),
    },
    File {
        name: "live-DEGvP9NF.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-DEGvP9NF.js.br"),
        gzip: include_bytes!("live-DEGvP9NF.js.gz"),
    },
    File {
        name: "main-C4P4AY4j.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-C4P4AY4j.js.br"),
        gzip: include_bytes!("main-C4P4AY4j.js.gz"),
    },
    File {
        name: "main-DaJIYlwr.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-DaJIYlwr.css.br"),
        gzip: include_bytes!("main-DaJIYlwr.css.gz"),
    },
    File {
        name: "stories-Dk4-eOzM.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-Dk4-eOzM.js.br"),
        gzip: include_bytes!("stories-Dk4-eOzM.js.gz"),
    },
    File {
        name: "story-Cv88HfKQ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-Cv88HfKQ.js.br"),
        gzip: include_bytes!("story-Cv88HfKQ.js.gz"),
    },
];
