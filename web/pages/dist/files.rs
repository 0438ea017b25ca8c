// Written by web/pages/build.js.
const SCRIPT: &str = "main-N7Ba7Owq.js";
const STYLE: &str = "main-COkdAcsQ.css";
const FILES: &[File] = &[
    File {
        name: "board-BbxVz5sp.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-BbxVz5sp.js.br"),
        gzip: include_bytes!("board-BbxVz5sp.js.gz"),
    },
    File {
        name: "live-DTFeCP8d.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-DTFeCP8d.js.br"),
        gzip: include_bytes!("live-DTFeCP8d.js.gz"),
    },
    File {
        name: "main-COkdAcsQ.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-COkdAcsQ.css.br"),
        gzip: include_bytes!("main-COkdAcsQ.css.gz"),
    },
    File {
        name: "main-N7Ba7Owq.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-N7Ba7Owq.js.br"),
        gzip: include_bytes!("main-N7Ba7Owq.js.gz"),
    },
    File {
        name: "stories-B8CCm5A8.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-B8CCm5A8.js.br"),
        gzip: include_bytes!("stories-B8CCm5A8.js.gz"),
    },
    File {
        name: "story-DnpgiMvw.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-DnpgiMvw.js.br"),
        gzip: include_bytes!("story-DnpgiMvw.js.gz"),
    },
];
