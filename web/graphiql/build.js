// Bundles GraphiQL into the files that the server embeds. `--check` builds into a temporary folder instead and
// compares: what is committed must be what the sources and the lock file make.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { licenses } from "../licenses.js";

const root = import.meta.dirname;
const dist = join(root, "dist");
const committed = ["index.html", "graphiql.js.gz", "graphiql.css.gz", "LICENSES.txt"];

// GraphiQL's style sheet carries its fonts, the largest part of it; the system's own do as well.
const withoutFonts = {
  name: "without-fonts",
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replace(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

async function buildInto(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { graphiql: "source/main.jsx" },
    outdir: folder,
    plugins: [withoutFonts],
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    target: ["chrome109", "firefox115", "safari16"],
    jsx: "automatic",
    // Not the pages' settings in the folder above, whose JSX is Preact's.
    tsconfigRaw: {},
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: "/* The licences of what is bundled here: LICENSES.txt */" },
    legalComments: "none",
    logLevel: "warning",
  });
  await writeFile(join(folder, "index.html"), await readFile(join(root, "source/index.html")));
  await writeFile(join(folder, "LICENSES.txt"), await licenses(root, Object.keys(metafile.inputs), "GraphiQL as it is served at /graphiql is"));
  for (const name of ["graphiql.js", "graphiql.css"]) {
    // zlib writes no time into the header, so the same input makes the same file.
    await writeFile(join(folder, `${name}.gz`), gzipSync(await readFile(join(folder, name)), { level: 9 }));
  }
}

// Versions of zlib compress differently: only what is inside counts.
async function content(folder, name) {
  const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
  return name.endsWith(".gz") && bytes.length > 0 ? gunzipSync(bytes) : bytes;
}

async function check() {
  const folder = await mkdtemp(join(tmpdir(), "graphiql-"));
  try {
    await buildInto(folder);
    const stale = [];
    for (const name of committed) {
      if (!(await content(folder, name)).equals(await content(dist, name))) stale.push(`dist/${name}`);
    }
    if (stale.length > 0) {
      console.error(`web/graphiql: the sources make another ${stale.join(", ")}; run npm run build there and commit it.`);
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv.includes("--check")) {
  await check();
} else {
  await mkdir(dist, { recursive: true });
  await buildInto(dist);
  for (const name of committed) {
    const { length } = await readFile(join(dist, name));
    console.log(`dist/${name}  ${(length / 1024).toFixed(1)} KiB`);
  }
}
