// The settings of the programs, for `build.js`; and `npx vite` serves the desk while it is worked on, anew with every
// change, in front of a server whose address is ACCLAIM (http://127.0.0.1:8080).
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig } from "vite";

const client = join(import.meta.dirname, "../clients/typescript/src");
const server = process.env.ACCLAIM ?? "http://127.0.0.1:8080";

/** The shell of the desk, which the server has otherwise. */
const shell = {
  name: "desk-shell",
  configureServer(vite) {
    vite.middlewares.use(async (request, response, next) => {
      const isPage = request.headers.accept?.includes("text/html") && request.url.startsWith("/desk");
      if (!isPage) return next();
      const html = await readFile(join(import.meta.dirname, "desk/index.html"), "utf8");
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(await vite.transformIndexHtml(request.url, html));
    });
  },
};

// The session of the desk is bound to the server's own origin.
const asOwn = (proxy) =>
  proxy.on("proxyReq", (request) => request.getHeader("origin") && request.setHeader("origin", server));

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  appType: "custom",
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [shell],
  // From its sources: nothing has to be built or installed before.
  resolve: { alias: { "@acclaim/client/browser": join(client, "browser.ts") } },
  server: {
    fs: { allow: [import.meta.dirname, client] },
    proxy: Object.fromEntries(
      // The desk's own modules are below /desk, too.
      ["/graphql", "/uploads", "/media", "/exports", "/reports", "^/desk/session(/refresh)?$", "/desk/templates", "^/desk/imports/[^.]+$"].map(
        (path) => [path, { target: server, changeOrigin: true, ws: path === "/graphql", configure: asOwn }],
      ),
    ),
  },
});
