import { visible } from '../lines/visible.ts';
import type { DebugPorts } from '../trace/debug-ports.ts';

const NAMES = { post: '0x80', e9: '0xe9', 402: '0x402' } as const;

/** What was written to the debug ports for people, a line each, oldest first: `    1.204 s  0x80   0x40 kernel`. */
export function portTable({ entries, forgotten }: Pick<DebugPorts, 'entries' | 'forgotten'>): string {
  const lines = entries.map(({ port, atMs, text, times }) => {
    const repeated = times > 1 ? `  (${times} times)` : '';
    return `${(atMs / 1_000).toFixed(3).padStart(9)} s  ${NAMES[port].padEnd(5)}  ${visible(text, 1_000)}${repeated}`;
  });
  return [...(forgotten > 0 ? [`[${forgotten} entries before these are not kept]`] : []), ...lines].join('\n');
}
