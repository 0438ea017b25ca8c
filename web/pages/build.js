// Builds the pages into the files that the server embeds, each compressed, with a list of them for the compiler.
// `--check` builds into a temporary folder instead and compares: what is committed must be what the sources make.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { build } from "vite";
import { licenses } from "../licenses.js";
import { generate } from "./operations.js";

const root = import.meta.dirname;
const shared = join(root, "../shared");
const dist = join(root, "dist");
const types = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
const firstViewMax = 60 * 1024;

/** Builds into `folder`; gives the bytes of the first view, which are loaded before a voter sees the list. */
async function buildInto(folder) {
  const folders = [shared, join(root, "source")];
  const manifest = await generate(join(root, "../../schema.graphql"), folders, join(shared, "server"));
  execFileSync(join(root, "node_modules/.bin/tsc"), { cwd: root, stdio: "inherit" });
  const { output } = await build({
    configFile: join(root, "vite.config.js"),
    build: { outDir: folder, emptyOutDir: true },
  });
  const chunks = output.filter((file) => file.type === "chunk");
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules)).map((path) => path.replace(`${root}/`, ""));
  await writeFile(join(folder, "LICENSES.txt"), await licenses(root, modules, "The pages below /c/ are"));
  await writeFile(join(folder, "documents.json"), manifest);
  const assets = output.map((file) => file.fileName).filter((name) => extname(name) in types).sort();
  let firstView = 0;
  const entry = chunks.find((chunk) => chunk.isEntry);
  const style = assets.find((name) => name.endsWith(".css"));
  for (const name of assets) {
    const bytes = await readFile(join(folder, name));
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    const brotli = brotliCompressSync(bytes, quality);
    if (name === style || name === entry.fileName || entry.imports.includes(name)) firstView += brotli.length;
    await writeFile(join(folder, `${name}.br`), brotli);
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    await rm(join(folder, name));
  }
  await rm(join(folder, ".vite"), { recursive: true });
  await writeFile(join(folder, "files.rs"), list(assets, entry.fileName, style));
  return firstView;
}

/** The list of files as Rust has it. */
function list(assets, script, style) {
  const file = (name) => `    File {
        name: ${JSON.stringify(name)},
        content_type: ${JSON.stringify(types[extname(name)])},
        brotli: include_bytes!(${JSON.stringify(`${name}.br`)}),
        gzip: include_bytes!(${JSON.stringify(`${name}.gz`)}),
    },
`;
  return `// Written by web/pages/build.js.
const SCRIPT: &str = ${JSON.stringify(script)};
const STYLE: &str = ${JSON.stringify(style)};
const FILES: &[File] = &[
${assets.map(file).join("")}];
`;
}

// Versions of the compressors compress differently: only what is inside counts.
async function contents(folder) {
  const names = (await readdir(folder).catch(() => [])).sort();
  const entries = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    const inside = name.endsWith(".br") ? brotliDecompressSync(bytes) : name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    return [name, inside.toString("latin1")];
  });
  return new Map(await Promise.all(entries));
}

async function check() {
  const folder = await mkdtemp(join(tmpdir(), "acclaim-pages-"));
  try {
    await buildInto(folder);
    const made = await contents(folder);
    const committed = await contents(dist);
    const names = new Set([...made.keys(), ...committed.keys()]);
    const stale = [...names].filter((name) => made.get(name) !== committed.get(name));
    if (stale.length > 0) {
      console.error(`web/pages: the sources make another dist: ${stale.join(", ")}; run npm run build there and commit it.`);
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv.includes("--check")) {
  await check();
} else {
  const firstView = await buildInto(dist);
  console.log(`first view: ${(firstView / 1024).toFixed(1)} KiB`);
  if (firstView > firstViewMax) throw new Error(`the first view must stay below ${firstViewMax / 1024} KiB`);
}
