import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { buildModel } from './model.ts';
import { parityJson } from './parity-json.ts';
import { printableJson } from './printable-json.ts';
import type { RunResults } from './results.ts';

const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const jsonOf = (results: RunResults) => JSON.parse(printableJson(parityJson(buildModel(results), undefined)));

describe('the parity report as JSON', () => {
  it('says its format, the rates, who passes where, and what to fix first', () => {
    const environments = [
      ...['k/x86_64', 'k/aarch64'].map((id) => ({ ...environment(id), oracle: 'linux' })),
      environment('linux/aarch64'),
    ];
    const results = [
      caseResult({ environment: 'k/x86_64' }),
      caseResult({ environment: 'k/aarch64', verdict: fail, evidence: 'evidence/k' }),
      caseResult({ environment: 'linux/aarch64' }),
    ];
    const json = jsonOf(runResults({ environments, results }));
    expect(json).toMatchObject({ schema: 'twinboot-parity/1', baseline: null });
    expect(json.targets[0]).toMatchObject({
      target: 'k',
      environments: [
        { id: 'k/x86_64', executed: 1, passed: 1, passRate: 1 },
        { id: 'k/aarch64', executed: 1, passed: 0, passRate: 0 },
      ],
      parity: { cases: 1, same: 0, rate: 0 },
      oracle: { target: 'linux', environments: ['linux/aarch64'] },
      cases: [
        {
          suite: 'signals',
          case: 'alarm_test',
          verdicts: ['pass', 'fail'],
          evidence: [null, 'evidence/k'],
          oracle: ['pass'],
        },
      ],
      differences: [{ trouble: 'failing', on: ['k/aarch64'], elsewhere: ['k/x86_64'] }],
      causes: [{ cause: 'fail: status 1', unblocks: 1, environments: [{ environment: 'k/aarch64', cases: 1 }] }],
    });
  });

  it('has a rate for nothing that was not executed, and no parity with oneself', () => {
    const skip: Verdict = { kind: 'skip', because: 'x' };
    const json = jsonOf(
      runResults({
        environments: [environment('k/x86_64')],
        results: [caseResult({ environment: 'k/x86_64', verdict: skip })],
      }),
    );
    expect(json.targets[0]).toMatchObject({ environments: [{ passRate: null }], parity: null, oracle: null });
  });

  it('comes back as it was, and moves no cursor, whatever the guest printed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const results = runResults({ results: [caseResult({ case: text, verdict: fail })] });
        const json = printableJson(parityJson(buildModel(results), undefined));
        expect(json).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(json).targets[0].cases[0].case).toBe(text);
      }),
    );
  });
});
