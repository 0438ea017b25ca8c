import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/pages/",
  publicDir: false,
  logLevel: "warn",
  // The packages of ../shared, which has no node_modules of its own.
  resolve: { dedupe: ["graphql-sse", "graphql-ws", "preact"] },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    // Phones of the last six years, and the web views of mini-programs.
    target: ["chrome87", "safari14"],
    rollupOptions: { input: "source/main.tsx" },
    assetsDir: "",
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Addresses of files must be addresses: the policy of the pages allows no data in their place.
    assetsInlineLimit: 0,
  },
});
