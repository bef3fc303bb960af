import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../testing/results.ts';
import { renderMarkdown } from './markdown.ts';
import { htmlText, markdownLink, markdownText } from './markdown-text.ts';
import { buildModel } from './model.ts';
import type { CaseResult } from './results.ts';

/** Table cells as GitHub splits them: at bars that no backslash escapes. */
function cellsOf(line: string): string[] {
  return line.match(/(?:\\.|[^|\\])+/g) ?? [];
}

describe('markdownText', () => {
  it('escapes what would be markup, and little else', () => {
    expect(markdownText('a|b `c` *d* <e> [f](g) ~~h~~ $i$')).toBe(
      'a\\|b \\`c\\` \\*d\\* &lt;e&gt; \\[f\\](g) \\~\\~h\\~\\~ \\$i\\$',
    );
    expect(markdownText('alarm_test: waited 20.0 s, ext2::root_fs')).toBe('alarm_test: waited 20.0 s, ext2::root_fs');
    expect(markdownText('_x_ @me #12 :smile: http://x')).toBe('\\_x\\_ \\@me \\#12 \\:smile: http\\://x');
  });

  it('does not let a backslash of the guest undo an escape', () => {
    expect(markdownText('\\|')).toBe('\\\\\\|');
    expect(markdownText('&lt;')).toBe('&amp;lt;');
  });
});

describe('markdownLink', () => {
  it('stays a link beside the page whatever the path', () => {
    expect(markdownLink('evidence', 'evidence/linux/x86_64/a b(c)')).toBe(
      '[evidence](./evidence/linux/x86_64/a%20b%28c%29)',
    );
    expect(markdownLink('evidence', 'javascript:alert(1)')).toBe('[evidence](./javascript:alert%281%29)');
    expect(() => markdownLink('evidence', '\ud800')).not.toThrow();
  });
});

describe('htmlText', () => {
  it('is text in HTML', () => {
    expect(htmlText('<b>"&"</b>')).toBe('&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;');
  });
});

describe('renderMarkdown', () => {
  it('keeps every table in shape whatever the guest printed', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, said) => {
        const environments = [
          environment('linux/x86_64', { network: said }),
          environment('linux/aarch64', { network: 'none' }),
        ];
        const attempt = { verdict: { kind: 'fail', reason: said }, durationMs: 1, notes: [], evidence: name } as const;
        const results = [
          caseResult({
            suite: name,
            case: said,
            about: name,
            verdict: { kind: 'fail', reason: said },
            notes: [said],
            evidence: said,
            stages: [{ name, atMs: 1 }],
            attempts: [attempt, attempt],
          }),
          caseResult({
            suite: name,
            case: said,
            environment: 'linux/aarch64',
            verdict: { kind: 'skip', because: said },
            attempts: [attempt, { ...attempt, verdict: { kind: 'skip', because: said } }],
          }),
          caseResult({
            suite: name,
            case: name,
            file: said,
            verdict: { kind: 'expected-failure', because: said, issue: name, actual: { kind: 'fail', reason: said } },
            evidence: said,
          }),
          caseResult({
            suite: name,
            case: name,
            file: said,
            environment: 'linux/aarch64',
            verdict: { kind: 'unexpected-pass', because: said, issue: name, on: [name] },
            evidence: said,
          }),
        ];
        const run = { ...runResults().run, notices: [said] };
        const page = renderMarkdown(buildModel(runResults({ run, environments, results })));
        let columns = 0;
        for (const line of page.split('\n')) {
          if (!line.startsWith('|')) columns = 0;
          else if (columns === 0) columns = cellsOf(line).length;
          else expect(cellsOf(line)).toHaveLength(columns);
        }
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        const tags = new Set(page.match(/<[^>]*>/g));
        expect([...tags].filter((tag) => !/^<(?:br|details|\/details|summary|\/summary)>$/.test(tag))).toEqual([]);
      }),
    );
  });

  it('sets off a suite in which a case is flaky', () => {
    const attempt = { durationMs: 1, notes: [] };
    const attempts = [
      { ...attempt, verdict: { kind: 'fail', reason: 'status 1' } as const },
      { ...attempt, verdict: { kind: 'pass' } as const },
    ];
    const environments = [environment('linux/x86_64')];
    const summary = (results: readonly CaseResult[]) =>
      renderMarkdown(buildModel(runResults({ environments, results }))).match(/^<details.*$/m)?.[0];
    expect(summary([caseResult({ attempts })])).toBe('<details><summary>signals: 1/1 (not all well)</summary>');
    expect(summary([caseResult()])).toBe('<details><summary>signals: 1/1</summary>');
  });

  it('has a line for every case of every suite', () => {
    const results = Array.from({ length: 300 }, (_, index) => caseResult({ case: `case ${index}` }));
    const page = renderMarkdown(buildModel(runResults({ environments: [environment('linux/x86_64')], results })));
    expect(page.match(/^\| case \d+ \| pass \|$/gm)).toHaveLength(300);
  });
});
