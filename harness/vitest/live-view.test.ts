import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveEvent } from './live-feed.ts';
import { LiveView } from './live-view.ts';

const START: LiveEvent = {
  kind: 'start',
  worker: 0,
  id: 0,
  environment: 'linux/x86_64',
  suite: 'signals',
  case: 'alarm() fires',
};
const ANNOUNCED = ' ▸ |linux/x86_64| signals > alarm() fires';

const printed: unknown[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
});
afterEach(() => vi.restoreAllMocks());

/** A vitest as far as the view goes: its reporters, one of which may draw a summary. */
function attached(...reporters: object[]): LiveView {
  const view = new LiveView();
  view.attach({ reporters } as never);
  view.begin();
  return view;
}

describe('the view of what runs', () => {
  test('stands above vitest’s summary where vitest draws one, and asks for it to be drawn', () => {
    const summary = {
      text: ['', ' Tests  0 passed'],
      createSummary: () => summary.text,
      renderer: { schedule: vi.fn() },
    };
    const view = attached({}, { summary });
    expect(summary.createSummary()).toEqual(summary.text);
    view.hear(START);
    expect(summary.renderer.schedule).toHaveBeenCalledOnce();
    expect(summary.createSummary()).toEqual(['', expect.stringContaining('signals > alarm() fires'), ...summary.text]);
    view.end();
    expect(summary.createSummary()).toEqual(summary.text);
    view.hear({ ...START, case: 'exec' });
    expect(view.close()).toEqual([' ▸ |linux/x86_64| signals > exec: starting']);
    expect(summary.createSummary()).toEqual([]);
    view.hear({ kind: 'gone', worker: 0 });
    expect(printed).toEqual([]);
  });

  test.each([
    ['none', []],
    ['a summary of another kind', [{ summary: {} }, { summary: 'x' }]],
    ['no summary', [{ summary: undefined }]],
  ])('announces each case in a line where vitest has %s', (_, reporters) => {
    const view = attached(...reporters);
    view.hear(START);
    view.hear({ kind: 'now', worker: 0, id: 0, stage: 'running', silentMs: 0 });
    view.hear({ kind: 'end', worker: 0, id: 0 });
    view.hear({ kind: 'gone', worker: 0 });
    view.end();
    expect(view.close()).toEqual([]);
    expect(printed).toEqual([ANNOUNCED]);
  });

  test.each([
    ['a terminal', [{ summary: { createSummary: () => [] } }]],
    ['a log', []],
  ])('tells %s of a case whose worker has ended', (_, reporters) => {
    const view = attached(...reporters);
    view.hear(START);
    view.hear({ kind: 'gone', worker: 0 });
    expect(printed.slice(-1)).toEqual([`${ANNOUNCED}: starting, when its worker ended`]);
    view.end();
  });
});
