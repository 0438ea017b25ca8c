// Written by web/pages/build.js.
const SCRIPT: &str = "main-glbw3oY9.js";
const STYLE: &str = "main-BPHGiBg-.css";
const FILES: &[File] = &[
    File {
        name: "board-CItxd34-.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-CItxd34-.js.br"),
        gzip: include_bytes!("board-CItxd34-.js.gz"),
    },
    File {
        name: "live-Cicir-qn.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-Cicir-qn.js.br"),
        gzip: include_bytes!("live-Cicir-qn.js.gz"),
    },
    File {
        name: "main-BPHGiBg-.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-BPHGiBg-.css.br"),
        gzip: include_bytes!("main-BPHGiBg-.css.gz"),
    },
    File {
        name: "main-glbw3oY9.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-glbw3oY9.js.br"),
        gzip: include_bytes!("main-glbw3oY9.js.gz"),
    },
    File {
        name: "stories-19LYToZV.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-19LYToZV.js.br"),
        gzip: include_bytes!("stories-19LYToZV.js.gz"),
    },
    File {
        name: "story-Da28pv2O.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-Da28pv2O.js.br"),
        gzip: include_bytes!("story-Da28pv2O.js.gz"),
    },
];
