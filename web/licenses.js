// Lists the licences of the packages that went into a bundle, and refuses those that are not permissive.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const permissive = new Set(["MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);

/**
 * The text of the licences of the packages that `inputs`, paths below `root`, belong to: each text once. `what` begins
 * its first sentence: "... bundled from these packages".
 */
export async function licenses(root, inputs, what) {
  const foreign = inputs.filter((input) => input.includes("node_modules/"));
  const folders = new Set(foreign.map((input) => packageOf(root, input)));
  const headings = new Map();
  for (const folder of [...folders].sort()) {
    const { heading, text } = await entry(folder);
    headings.set(text, [...(headings.get(text) ?? []), heading]);
  }
  const rule = "-".repeat(100);
  const parts = [...headings].map(([text, packages]) => `${rule}\n${packages.join("\n")}\n\n${text}\n`);
  return [`${what} bundled from these packages.\n`, ...parts].join("\n");
}

// Folders inside a package may hold a package.json of their own, without a version.
function packageOf(root, input) {
  const parts = input.split("/");
  const at = parts.lastIndexOf("node_modules");
  const length = parts[at + 1].startsWith("@") ? 3 : 2;
  return join(root, ...parts.slice(0, at + length));
}

async function entry(folder) {
  const { name, version, license, author, repository } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (!permissive.has(license)) throw new Error(`${name} has the licence ${license}, which is not known as permissive`);
  const file = (await readdir(folder)).sort().find((file) => /^licen[cs]e/i.test(file));
  const text = file
    ? await readFile(join(folder, file), "utf8")
    : ["The package names its licence only.", author?.name ?? author, repository?.url ?? repository]
        .filter(Boolean)
        .join("\n");
  return { heading: `${name} ${version} (${license})`, text: text.replaceAll("\r\n", "\n").trim() };
}
