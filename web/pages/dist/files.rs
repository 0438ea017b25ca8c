// Written by web/pages/build.js.
const SCRIPT: &str = "main-lxbM_XRL.js";
const STYLE: &str = "main-CuLVQMGU.css";
const FILES: &[File] = &[
    File {
        name: "board-CbeJ2eZk.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-CbeJ2eZk.js.br"),
        gzip: include_bytes!("board-CbeJ2eZk.js.gz"),
    },
    File {
        name: "live-D-FrxMyl.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-D-FrxMyl.js.br"),
        gzip: include_bytes!("live-D-FrxMyl.js.gz"),
    },
    File {
        name: "main-CuLVQMGU.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-CuLVQMGU.css.br"),
        gzip: include_bytes!("main-CuLVQMGU.css.gz"),
    },
    File {
        name: "main-lxbM_XRL.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-lxbM_XRL.js.br"),
        gzip: include_bytes!("main-lxbM_XRL.js.gz"),
    },
    File {
        name: "stories-BeIobPU5.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-BeIobPU5.js.br"),
        gzip: include_bytes!("stories-BeIobPU5.js.gz"),
    },
    File {
        name: "story-Dyd-SyJp.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-Dyd-SyJp.js.br"),
        gzip: include_bytes!("story-Dyd-SyJp.js.gz"),
    },
];
