import { visible } from '../lines/visible.ts';
import { formatMillis } from '../units.ts';
import { counted } from './layout.ts';
import type { Column, ParityModel, TargetParity } from './model.ts';
import { percent } from './percent.ts';
import { describeTally, soundness } from './tally.ts';

type Soundness = ReturnType<typeof soundness>;

/**
 * What a person would quote of a target: `linux: 81.8 % pass on x86_64 (9 of 11 executed), 33.3 % on aarch64 (3 of 9); parity
 * 18.2 %`.
 */
export function describeTarget({ target, columns, agreement, troubles, oracle }: TargetParity): string {
  const rates = columns.map((column, index) => describeRate(column, index === 0));
  const parity = agreement && agreement.cases > 0 ? `; parity ${percent(agreement.same, agreement.cases)}` : '';
  const wrong = troubles.filter(({ trouble }) => trouble === 'wrong-test').reduce((sum, { cases }) => sum + cases, 0);
  const tests =
    wrong > 0
      ? `; ${counted(wrong, 'case')} ${wrong === 1 ? 'fails' : 'fail'} on ${visible(oracle?.target ?? '')} too`
      : '';
  return `${visible(target)}: ${rates.join(', ')}${parity}${tests}`;
}

/** What a report ends with, and how well that is. */
export function summaryOf({ run, tally, flaky, targets }: ParityModel): {
  readonly tone: Soundness;
  readonly text: string;
} {
  const wavering = flaky > 0 ? `; flaky: ${flaky}` : '';
  const text = `${counted(tally.cases, 'result')} in ${formatMillis(run.durationMs)}: ${describeTally(tally)}${wavering}`;
  const floorsMet = targets.every(({ floorsNotMet }) => floorsNotMet.length === 0);
  if (!run.complete || (run.faults ?? []).length > 0 || !floorsMet || tally.cases === 0) return { tone: 'bad', text };
  const tone = soundness(tally);
  return { tone: tone === 'good' && flaky > 0 ? 'warn' : tone, text };
}

/** Each floor that does not hold. */
export function describeFloors({ floorsNotMet, columns }: TargetParity): string[] {
  return floorsNotMet.map(
    ({ suite, column, atLeast, executed }) =>
      `${visible(suite)} on ${visible(columns[column]?.label ?? '')}: ${executed} executed, at least ${atLeast} declared`,
  );
}

/** What nobody can tell without the oracle; nothing where it was run, or nothing fails. */
export function describeAbsentOracle({ oracle, troubles }: TargetParity): string[] {
  if (!oracle || oracle.columns.length > 0 || !troubles.some(({ trouble }) => trouble === 'failing')) return [];
  return [`the oracle ${visible(oracle.target)} was not run: which of these tests are wrong is not known`];
}

function describeRate({ label, tally }: Column, isFirst: boolean): string {
  const where = visible(label);
  const { passed, executed } = tally;
  if (executed === 0) return `nothing executed on ${where}`;
  return `${percent(passed, executed)} ${isFirst ? 'pass ' : ''}on ${where} (${passed} of ${executed}${isFirst ? ' executed' : ''})`;
}
