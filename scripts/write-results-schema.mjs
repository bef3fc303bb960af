#!/usr/bin/env node
// Writes dist/results.schema.json, the JSON Schema of results.json, from the schema that the harness itself reads with.
import { writeFileSync } from 'node:fs';
import { resultsJsonSchema } from '../dist/harness/report/results.js';

writeFileSync(
  new URL('../dist/results.schema.json', import.meta.url),
  `${JSON.stringify(resultsJsonSchema(), undefined, 2)}\n`,
);
