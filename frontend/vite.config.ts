import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { tokensAsCss } from './src/design/tokens.ts';

/** Serve the colours of `tokens.ts` as the stylesheet `virtual:tokens.css`. */
function tokens(): Plugin {
  const name = 'virtual:tokens.css';
  return {
    name: 'renwang-tokens',
    resolveId: (id) => (id === name ? '\0tokens.css' : null),
    load: (id) => (id === '\0tokens.css' ? tokensAsCss() : null),
  };
}

export default defineConfig({
  // The node serves the bundle under its static address; chunks find each other relatively.
  base: './',
  plugins: [tokens()],
  build: {
    // The oldest engines that know cascade layers: phones of 2022 and the web views on them.
    target: ['chrome99', 'safari15.4', 'firefox97'],
    outDir: resolve(import.meta.dirname, '../src/renwang/web/frame/static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      // A worker is one file: nothing it imports may be imported by another entry.
      input: ['src/main.ts', 'src/residents.ts', 'src/field_worker.ts'],
      output: {
        // Hexadecimal, so that the static server recognises the names as immutable.
        hashCharacters: 'hex',
        entryFileNames: 'assets/[name].[hash:10].js',
        chunkFileNames: 'assets/[name].[hash:10].js',
        assetFileNames: 'assets/[name].[hash:10][extname]',
      },
    },
  },
});
