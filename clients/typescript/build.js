// Builds the package: `dist/` of modules with their types, and one CommonJS file for mini-programs, which is in the
// sample's folder, too. `--check` builds and compares the sample's instead: it must be what the sources make.
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = import.meta.dirname;
const sample = join(root, "../../examples/miniprogram/lib/acclaim.js");
const sampleHead = `// Built from clients/typescript, the client of pages and mini-programs: it is changed there (npm run build).
// @ts-nocheck
`;
/** The client as a page has it, compressed: more than that is no small client any more. */
const browserMax = 14 * 1024;

const tsc = createRequire(import.meta.url).resolve("typescript/package.json").replace("package.json", "bin/tsc");
const compile = (...words) => execFileSync(process.execPath, [tsc, ...words], { cwd: root, stdio: "inherit" });

/** The text of a bundle. */
async function bundle(options) {
  const { outputFiles } = await build({ absWorkingDir: root, bundle: true, write: false, target: "es2020", ...options });
  return outputFiles[0].text;
}

await rm(join(root, "dist"), { recursive: true, force: true });
compile("-p", "tsconfig.core.json");
compile("-p", "tsconfig.json");

for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) await copyFile(join(root, "../..", name), join(root, "dist", name));

// A program's own exports as an object: esbuild's CommonJS gives them by getters, whose types nobody sees.
const modules = await bundle({ entryPoints: ["src/mini_program.ts"], format: "esm", charset: "utf8" });
const exported = (_, names) => `module.exports = {${names.replace(/(\w+) as (\w+)/g, "$2: $1")}};`;
const miniProgram = sampleHead + modules.replace(/^export \{([^}]*)\};$/m, exported);
await mkdir(join(root, "miniprogram_dist"), { recursive: true });
await writeFile(join(root, "miniprogram_dist/index.js"), miniProgram);
if (!process.argv.includes("--check")) await writeFile(sample, miniProgram);
else if ((await readFile(sample, "utf8")) !== miniProgram) {
  console.error("examples/miniprogram/lib/acclaim.js is not what clients/typescript makes: npm run build there");
  process.exitCode = 1;
}

for (const [name, contents, sizeMax] of [
  ["browser", 'import { createClient } from "./src/browser.ts"; console.log(createClient);', browserMax],
  ["one call", 'import { Api, browser } from "./src/browser.ts"; console.log(Api, browser);', browserMax / 2],
]) {
  const stdin = { contents, resolveDir: root, loader: "ts" };
  const size = gzipSync(await bundle({ stdin, format: "esm", minify: true }), { level: 9 }).length;
  if (!process.argv.includes("--check")) console.log(`${name}: ${(size / 1024).toFixed(1)} KiB`);
  if (size > sizeMax) throw new Error(`${name} has ${size} bytes compressed, more than ${sizeMax}`);
}
