import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileText } from '../../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import { buildModel } from '../model.ts';
import type { RunResults } from '../results.ts';
import { buildDocument } from './build-document.ts';
import { encodeBlock } from './encode.ts';
import { renderHtml } from './render-html.ts';
import type { ReportDocument } from './report-document.ts';

const ASSETS = { script: 'start()', style: 'p{}' };

/** Text that an HTML parser would take for something. */
const html = fc.constantFrom(
  '</script>',
  '<!--<script>',
  '-->',
  '<script>',
  '</title>',
  '&lt;',
  '"',
  '</style>',
  ']]>',
);
const anything = fc.array(fc.oneof(hostileText, html), { maxLength: 4 }).map((pieces) => pieces.join(''));

function documentOf(results: RunResults): ReportDocument {
  return { ...buildDocument(buildModel(results), () => 0), evidence: [] };
}

function dataIn(page: string, id: string): Buffer {
  const [, base64 = ''] = new RegExp(`id="${id}">([^<]*)</script>`).exec(page) ?? [];
  return inflateSync(Buffer.from(base64, 'base64'));
}

test('no text ends a script, begins one or is lost, whatever a guest has said', () => {
  fc.assert(
    fc.property(anything, anything, anything, fc.uint8Array(), (name, reason, note, bytes) => {
      const document = documentOf(
        runResults({
          environments: [environment('linux/x86_64'), environment('linux/aarch64')],
          results: [
            caseResult({ suite: name, case: name, about: note, verdict: { kind: 'fail', reason }, notes: [note] }),
            caseResult({ case: name, subtests: [{ name, verdict: { kind: 'fail', reason } }] }),
          ],
        }),
      );
      const page = renderHtml({ ...document, title: name }, [encodeBlock(bytes)], ASSETS).join('');
      expect(page.match(/<script/gi)).toHaveLength(3);
      expect(page.match(/<\/script>/gi)).toHaveLength(3);
      expect(page.match(/<!--|<\/style|<\/title/gi)).toEqual(['</title', '</style']);
      expect(JSON.parse(dataIn(page, 'report').toString('utf8'))).toEqual({ ...document, title: name });
      expect(dataIn(page, 'evidence-0')).toEqual(Buffer.from(bytes));
    }),
  );
});

test('the page may run its own script and style, and ask for nothing', () => {
  const page = renderHtml(documentOf(runResults()), [], ASSETS).join('');
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  expect(policy?.split('; ')).toEqual([
    `default-src 'none'`,
    `script-src 'sha256-DIm7WJS6ZKDYe5qFLPy+h4JFI9Bol5QmYC57mt3Fb00='`,
    `style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ]);
});

test('is the same of the same results, and small', () => {
  const environments = ['a', 'b', 'c', 'd'].map((profile) => environment(`linux/x86_64/${profile}`));
  const results = environments.flatMap(({ id }) =>
    Array.from({ length: 10_000 }, (_, index) =>
      caseResult({ environment: id, case: `case ${index} does what it should`, durationMs: (index * 7919) % 4_001 }),
    ),
  );
  const pageOf = (parts: typeof results) =>
    renderHtml(documentOf(runResults({ environments, results: parts })), [], ASSETS).join('');
  expect(pageOf(results).length).toBeLessThan(5_000_000);
  expect(pageOf(results.slice(0, 100))).toBe(pageOf(results.slice(0, 100)));
});
