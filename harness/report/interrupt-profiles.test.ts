import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import { renderMarkdown } from './markdown.ts';
import { buildModel } from './model.ts';
import type { CaseResult } from './results.ts';
import { renderTerminal } from './terminal.ts';

const x86 = environment('linux/x86_64');
const arm = environment('linux/aarch64');

type Interrupts = CaseResult['interrupts'];

/** A case on both architectures, with what each counted. */
const both = (name: string, ofX86: Interrupts, ofArm: Interrupts, parts: Partial<CaseResult> = {}): CaseResult[] =>
  [[x86.id, ofX86] as const, [arm.id, ofArm] as const].map(([id, interrupts]) =>
    caseResult({ case: name, environment: id, ...(interrupts ? { interrupts } : {}), ...parts }),
  );

const modelOf = (...results: CaseResult[]) => buildModel(runResults({ environments: [x86, arm], results }));
const profilesOf = (...results: CaseResult[]) => modelOf(...results).targets[0]?.interruptProfiles;
const terminalOf = (...results: CaseResult[]) =>
  renderTerminal(modelOf(...results), { colour: false, reports: 'reports/latest', width: 200 });
const linesOf = (...results: CaseResult[]) =>
  terminalOf(...results)
    .split('\n')
    .filter((line) => line.includes('interrupts in'));

const alarm = both('alarm', { irq: 300, 'page-fault': 4, syscall: 1 }, { irq: 100, syscall: 40 });
const timer = both('timer', { irq: 100 }, { irq: 90, 'undefined-instruction': 1, 'hypervisor-call': 2 });

describe('what kernels took', () => {
  it('is summed by class over the cases that ended alike', () => {
    expect(profilesOf(...alarm, ...timer)).toEqual({
      cases: 2,
      classes: [
        { class: 'irq', counts: [400, 190], difference: { kind: 'factor', factor: 400 / 190 } },
        { class: 'syscall', counts: [1, 40] },
        { class: 'hypervisor-call', counts: [0, 2] },
        { class: 'page-fault', counts: [4, 0], difference: { kind: 'only-some' } },
        { class: 'undefined-instruction', counts: [0, 1], difference: { kind: 'only-some' } },
      ],
    });
  });

  it('is not compared where a case ended differently, or nobody counted', () => {
    const [passed, failed] = both('fork', { irq: 1 }, { irq: 900 });
    const differs = [
      passed as CaseResult,
      { ...(failed as CaseResult), verdict: { kind: 'fail', reason: 'no' } as const },
    ];
    expect(profilesOf(...alarm, ...differs)?.cases).toBe(1);
    expect(profilesOf(...differs)).toBeUndefined();
    expect(profilesOf(...both('fork', { irq: 1 }, undefined))).toBeUndefined();
    expect(profilesOf(alarm[0] as CaseResult)).toBeUndefined();
  });

  it('is a line for each class that says something, on a terminal', () => {
    expect(linesOf(...alarm, ...timer)).toEqual([
      '  interrupts in 2 cases, page-fault: 4 on x86_64, none on aarch64',
      '  interrupts in 2 cases, undefined-instruction: none on x86_64, 1 on aarch64',
      '  interrupts in 2 cases, irq: 400 on x86_64 (more, 2.1 ×), 190 on aarch64',
    ]);
  });

  it('is no more than a few lines', () => {
    const faults = { 'page-fault': 1, 'alignment-fault': 1, debug: 1, breakpoint: 1, exception: 1 };
    expect(linesOf(...both('faults', faults, {}))).toEqual([
      ...['page-fault', 'alignment-fault', 'breakpoint'].map(
        (kind) => `  interrupts in 1 case, ${kind}: 1 on x86_64, none on aarch64`,
      ),
      '  interrupts in 1 case: 2 more classes differ',
    ]);
  });

  it('is a table in Markdown', () => {
    expect(renderMarkdown(modelOf(...alarm, ...timer))).toContain(
      [
        '### Interrupts',
        '',
        'What the kernel took in 2 cases that ended alike in every environment; in bold what differs notably.',
        '',
        '| Class | x86_64 | aarch64 |',
        '| --- | --- | --- |',
        '| irq (2.1 ×) | **400** | **190** |',
        '| syscall | 1 | 40 |',
        '| hypervisor-call | 0 | 2 |',
        '| page-fault | **4** | **0** |',
        '| undefined-instruction | **0** | **1** |',
      ].join('\n'),
    );
  });

  it('is not told where it says nothing: alike, few, or or the architecture’s own', () => {
    const alike = [
      ...both('alike', { irq: 300, 'page-fault': 9 }, { irq: 180, 'page-fault': 4 }),
      ...both(
        'calls',
        { 'software-interrupt': 50, 'divide-error': 2 },
        { syscall: 700, semihosting: 1, 'secure-monitor-call': 3 },
      ),
      ...both('nothing', {}, {}),
    ];
    expect(linesOf(...alike)).toEqual([]);
    expect(renderMarkdown(modelOf(...alike))).not.toContain('### Interrupts');
  });

  it('has nothing to say of a single environment', () => {
    const { targets } = buildModel(runResults({ environments: [x86], results: alarm.slice(0, 1) }));
    expect(targets[0]?.interruptProfiles).toBeUndefined();
  });
});
