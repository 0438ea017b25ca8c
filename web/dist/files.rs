// Written by web/build.js.
pub(super) const PAGES: Program = Program {
    script: "main-D5paJkXD.js",
    style: "main-Dle21eVn.css",
};
pub(super) const DESK: Program = Program {
    script: "desk-main-CB-nDLIc.js",
    style: "desk-main-DupnJx_Q.css",
};
const FILES: &[File] = &[
    File {
        name: "board-BkiZnHSx.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("board-BkiZnHSx.js.br"),
        gzip: include_bytes!("board-BkiZnHSx.js.gz"),
    },
    File {
        name: "live-lDdil9Y5.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("live-lDdil9Y5.js.br"),
        gzip: include_bytes!("live-lDdil9Y5.js.gz"),
    },
    File {
        name: "main-D5paJkXD.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("main-D5paJkXD.js.br"),
        gzip: include_bytes!("main-D5paJkXD.js.gz"),
    },
    File {
        name: "main-Dle21eVn.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("main-Dle21eVn.css.br"),
        gzip: include_bytes!("main-Dle21eVn.css.gz"),
    },
    File {
        name: "stories-C7t1MmKh.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("stories-C7t1MmKh.js.br"),
        gzip: include_bytes!("stories-C7t1MmKh.js.gz"),
    },
    File {
        name: "story-CJBwNBR9.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("story-CJBwNBR9.js.br"),
        gzip: include_bytes!("story-CJBwNBR9.js.gz"),
    },
    File {
        name: "desk-account-8H2CBMPb.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-account-8H2CBMPb.js.br"),
        gzip: include_bytes!("desk-account-8H2CBMPb.js.gz"),
    },
    File {
        name: "desk-campaigns-CMm3jb-P.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-campaigns-CMm3jb-P.js.br"),
        gzip: include_bytes!("desk-campaigns-CMm3jb-P.js.gz"),
    },
    File {
        name: "desk-exports-CjNfQyQL.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-exports-CjNfQyQL.js.br"),
        gzip: include_bytes!("desk-exports-CjNfQyQL.js.gz"),
    },
    File {
        name: "desk-imports-L4wZL-qc.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-imports-L4wZL-qc.js.br"),
        gzip: include_bytes!("desk-imports-L4wZL-qc.js.gz"),
    },
    File {
        name: "desk-invitation-DvjqanJB.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-invitation-DvjqanJB.js.br"),
        gzip: include_bytes!("desk-invitation-DvjqanJB.js.gz"),
    },
    File {
        name: "desk-log-B3d5IVZ4.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-log-B3d5IVZ4.js.br"),
        gzip: include_bytes!("desk-log-B3d5IVZ4.js.gz"),
    },
    File {
        name: "desk-main-CB-nDLIc.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-main-CB-nDLIc.js.br"),
        gzip: include_bytes!("desk-main-CB-nDLIc.js.gz"),
    },
    File {
        name: "desk-main-DupnJx_Q.css",
        content_type: "text/css; charset=utf-8",
        brotli: include_bytes!("desk-main-DupnJx_Q.css.br"),
        gzip: include_bytes!("desk-main-DupnJx_Q.css.gz"),
    },
    File {
        name: "desk-members-BJu7tFYZ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-members-BJu7tFYZ.js.br"),
        gzip: include_bytes!("desk-members-BJu7tFYZ.js.gz"),
    },
    File {
        name: "desk-new-ClqR-Sf8.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-new-ClqR-Sf8.js.br"),
        gzip: include_bytes!("desk-new-ClqR-Sf8.js.gz"),
    },
    File {
        name: "desk-nominees-B21JDbdJ.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-nominees-B21JDbdJ.js.br"),
        gzip: include_bytes!("desk-nominees-B21JDbdJ.js.gz"),
    },
    File {
        name: "desk-overview-DWQVijUE.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-overview-DWQVijUE.js.br"),
        gzip: include_bytes!("desk-overview-DWQVijUE.js.gz"),
    },
    File {
        name: "desk-result-BMom620w.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-result-BMom620w.js.br"),
        gzip: include_bytes!("desk-result-BMom620w.js.gz"),
    },
    File {
        name: "desk-rules-BUaJJViE.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-rules-BUaJJViE.js.br"),
        gzip: include_bytes!("desk-rules-BUaJJViE.js.gz"),
    },
    File {
        name: "desk-schedule-91VyiKVR.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-schedule-91VyiKVR.js.br"),
        gzip: include_bytes!("desk-schedule-91VyiKVR.js.gz"),
    },
    File {
        name: "desk-stories-DJebOZje.js",
        content_type: "text/javascript; charset=utf-8",
        brotli: include_bytes!("desk-stories-DJebOZje.js.br"),
        gzip: include_bytes!("desk-stories-DJebOZje.js.gz"),
    },
];
