import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundledPackages, licencesOf } from './licences.ts';

/** WebAssembly and its data, which the libraries look for beside the file that imports them. */
const BESIDE = {
  '@electric-sql/pglite': ['pglite.wasm', 'pglite.data', 'initdb.wasm'],
  'libpg-query': ['libpg-query.wasm'],
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  entryPoints: { flowmend: 'tui/main.ts', extension: 'extension/extension.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  inject: ['./scripts/node-20.ts'],
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  // The libraries are bundled, so that one package is both the npm package and the extension, without node_modules.
  external: ['vscode', 'pg-native'],
  // Ink loads it only with DEV=true, for its own development.
  alias: { 'react-devtools-core': './scripts/no-devtools.ts' },
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS libraries inside an ES module bundle still call require for Node's own modules, and look beside themselves.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      "import { dirname as __dirnameOf } from 'node:path';",
      "import { fileURLToPath as __pathOf } from 'node:url';",
      'const require = __createRequire(import.meta.url), __dirname = __dirnameOf(__pathOf(import.meta.url));',
    ].join(' '),
  },
});
const { resolve } = createRequire(import.meta.url);
for (const [library, files] of Object.entries(BESIDE)) {
  await Promise.all(files.map((file) => cp(join(dirname(resolve(library)), file), join('dist', file))));
}
await cp('tui/launcher.cjs', 'dist/flowmend.cjs');
await chmod('dist/flowmend.cjs', 0o755);
await writeFile('dist/LICENSES.txt', await licencesOf(bundledPackages(metafile)));
