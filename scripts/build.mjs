#!/usr/bin/env node
// Compiles the harness into dist/, from nothing, so that no file of a source that is gone stays behind. Beside it goes the
// JSON Schema of results.json, from the schema that the harness itself reads with, and the HTML report's page.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';

const root = new URL('../', import.meta.url);
rmSync(new URL('dist/', root), { recursive: true, force: true });
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: fileURLToPath(root), stdio: 'inherit' });

const { resultsJsonSchema } = await import('../dist/harness/report/results.js');
writeFileSync(new URL('dist/results.schema.json', root), `${JSON.stringify(resultsJsonSchema(), undefined, 2)}\n`);
await buildPage(new URL('dist/harness/report/html/page/', root));
