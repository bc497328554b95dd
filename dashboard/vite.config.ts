/// <reference types="vitest/config" />
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Each built file as the node serves it: compressed once, here. */
function gzip(): Plugin {
  let folder = '';
  return {
    name: 'gzip',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    writeBundle(_, bundle) {
      for (const name of Object.keys(bundle)) {
        writeFileSync(`${folder}/${name}.gz`, gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }));
      }
    },
  };
}

const node = process.env['ROLLCALL_NODE'] ?? 'http://127.0.0.1:7655';

export default defineConfig({
  plugins: [react(), gzip()],
  build: {
    target: 'es2022',
    // A data: URL would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/api': node, '/openapi': node },
  },
  test: {
    include: ['tests/**/*.test.ts'],
  },
});
