// Builds the programs of the pages and the desk into the files that the server embeds, each compressed, with a list of
// them for the compiler. `--check` builds into a temporary folder instead and compares: what is committed must be what
// the sources make.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import { build, runnerImport } from "vite";
import { licenses } from "./licenses.js";
import { generate } from "./operations.js";
import config from "./vite.config.js";

// Running a module sets this to development where nothing is set, and the builds after it would be larger, with the
// paths of the sources inside.
process.env.NODE_ENV = "production";

const root = import.meta.dirname;
const dist = join(root, "dist");
const types = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };

/** The programs; the first view is loaded before anything is seen, and has its bound in bytes, compressed. */
const programs = [
  {
    name: "pages",
    entry: "pages/main.tsx",
    firstViewMax: 60 * 1024,
    // Phones of the last six years, and the web views of mini-programs.
    target: ["chrome87", "safari14"],
  },
  {
    name: "desk",
    entry: "desk/main.tsx",
    firstViewMax: 120 * 1024,
    target: ["chrome100", "safari15.4"],
  },
];

/** Builds into `folder`; gives the programs with the bytes of their first views. */
async function buildInto(folder) {
  const client = join(root, "../clients/typescript/src");
  const folders = [client, ...[...(await deskFolders()), "pages"].map((name) => join(root, name))];
  const moduleOf = (folder) => (folder === client ? "./document.js" : "@acclaim/client/browser");
  const manifest = await generate(join(root, "../schema.graphql"), folders, moduleOf);
  execFileSync(join(root, "node_modules/.bin/tsc"), { cwd: root, stdio: "inherit" });
  await writeFile(join(root, "pages/first_view_texts.json"), await firstViewTexts());
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  const built = [];
  for (const program of programs) built.push(await bundle(program, folder));
  const modules = built.flatMap(({ modules }) => modules);
  await writeFile(join(folder, "LICENSES.txt"), await licenses(root, modules, "The pages below /c/ and /desk are"));
  await writeFile(join(folder, "documents.json"), manifest);
  await writeFile(join(folder, "files.rs"), list(built));
  return built;
}

/** The texts of the first view as the server reads them. */
async function firstViewTexts() {
  const { resolve } = config;
  const { module } = await runnerImport(join(root, "pages/first_view_texts.ts"), { configFile: false, root, resolve });
  return `${JSON.stringify(module.firstViewTexts(), null, 2)}\n`;
}

/** The folders of the desk that have operations of their own. */
async function deskFolders() {
  const entries = await readdir(join(root, "desk"), { withFileTypes: true, recursive: true });
  const found = entries.filter(({ name }) => name === "operations.graphql");
  return found.map(({ parentPath }) => parentPath.slice(root.length + 1)).sort();
}

async function bundle({ name, entry, target, firstViewMax }, folder) {
  const fileName = (extension) => (name === "pages" ? `[name]-[hash].${extension}` : `${name}-[name]-[hash].${extension}`);
  const { output } = await build({
    configFile: join(root, "vite.config.js"),
    base: "/pages/",
    build: {
      target,
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: {
        input: entry,
        output: { entryFileNames: fileName("js"), chunkFileNames: fileName("js"), assetFileNames: fileName("[ext]") },
      },
      assetsDir: "",
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // Addresses of files must be addresses: the policy of the pages allows no data in their place.
      assetsInlineLimit: 0,
    },
  });
  const chunks = output.filter((file) => file.type === "chunk");
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules)).map((path) => path.replace(`${root}/`, ""));
  const script = chunks.find((chunk) => chunk.isEntry);
  const [style] = script.viteMetadata.importedCss;
  const files = output.map((file) => file.fileName).filter((file) => extname(file) in types).sort();
  let firstView = 0;
  for (const file of files) {
    const bytes = await readFile(join(folder, file));
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    const brotli = brotliCompressSync(bytes, quality);
    if (file === style || file === script.fileName || script.imports.includes(file)) firstView += brotli.length;
    await writeFile(join(folder, `${file}.br`), brotli);
    await writeFile(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
    await rm(join(folder, file));
  }
  return { name, script: script.fileName, imports: script.imports, style, files, modules, firstView, firstViewMax };
}

/** The list of files as Rust has it. */
function list(built) {
  const file = (name) => `    File {
        name: ${JSON.stringify(name)},
        content_type: ${JSON.stringify(types[extname(name)])},
        brotli: include_bytes!(${JSON.stringify(`${name}.br`)}),
        gzip: include_bytes!(${JSON.stringify(`${name}.gz`)}),
    },
`;
  const program = ({ name, script, imports, style }) => `pub(super) const ${name.toUpperCase()}: Program = Program {
    script: ${JSON.stringify(script)},
    imports: &[${imports.map((file) => JSON.stringify(file)).join(", ")}],
    style: ${JSON.stringify(style)},
};
`;
  return `// Written by web/build.js.
${built.map(program).join("")}const FILES: &[File] = &[
${built.flatMap(({ files }) => files.map(file)).join("")}];
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
  const folder = await mkdtemp(join(tmpdir(), "acclaim-web-"));
  try {
    await buildInto(folder);
    const made = await contents(folder);
    const committed = await contents(dist);
    const names = new Set([...made.keys(), ...committed.keys()]);
    const stale = [...names].filter((name) => made.get(name) !== committed.get(name));
    if (stale.length > 0) {
      console.error(`web: the sources make another dist: ${stale.join(", ")}; run npm run build there and commit it.`);
      process.exitCode = 1;
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv.includes("--check")) {
  await check();
} else {
  for (const { name, firstView, firstViewMax } of await buildInto(dist)) {
    console.log(`${name}: first view ${(firstView / 1024).toFixed(1)} KiB`);
    if (firstView > firstViewMax) throw new Error(`the first view of ${name} must stay below ${firstViewMax / 1024} KiB`);
  }
}
