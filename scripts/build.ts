import { chmod, cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/** PGlite finds these beside the file that imports it. */
const PGLITE_FILES = ['pglite.wasm', 'pglite.data', 'initdb.wasm'];

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { flowmend: 'tui/main.ts', extension: 'extension/extension.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  // The libraries are bundled, so that one package is both the npm package and the extension, without node_modules.
  external: ['vscode', 'pg-native'],
  // Ink loads it only with DEV=true, for its own development.
  alias: { 'react-devtools-core': './scripts/no-devtools.ts' },
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS libraries inside an ES module bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
const pglite = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));
await Promise.all(PGLITE_FILES.map((file) => cp(join(pglite, file), join('dist', file))));
await chmod('dist/flowmend.js', 0o755);
