import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [tailwindcss(), svelte()],
  // Two copies of ProseMirror don't know each other's documents.
  resolve: { dedupe: ['@tiptap/pm', 'prosemirror-model', 'prosemirror-state', 'prosemirror-view'], conditions: ['browser'] },
  build: { target: 'es2023', manifest: 'manifest.json', modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  server: { proxy: { '/api': { target: process.env.HEARTH ?? 'http://127.0.0.1:8080', ws: true } } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
});
