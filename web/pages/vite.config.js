import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/pages/",
  publicDir: false,
  logLevel: "warn",
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
