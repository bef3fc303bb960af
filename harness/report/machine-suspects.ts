import { describeVerdict } from '../verdict/describe.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { MachineDifference } from './machines.ts';
import type { Row } from './matrix.ts';

/** By which words a failure tells that it has to do with a part of the machine. */
const RECOGNISERS: readonly { readonly field: RegExp; readonly words: RegExp }[] = [
  {
    field: /^network\b/,
    words:
      /\bE(?:NETUNREACH|NETDOWN|HOSTUNREACH|ADDRNOTAVAIL)\b|\berrno (?:99|10[01]|113)\b|network|sockets?\b|virtio[-_]net|(?:\b|_)(?:net|nic|eth\d|dns|dhcp|https?|tcp|udp|icmp|arp|ping)(?:\b|_)/i,
  },
  {
    field: /^disks\b/,
    words:
      /\bE(?:ROFS|NOSPC|NODEV|NXIO|IO)\b|\berrno (?:5|6|19|28|30)\b|read-?only|\bdisks?\b|block device|file ?system|virtio[-_]bl(?:k|ock)|\bext[234]\b|(?:\b|_)(?:fs|vfs|fat|mount|fsync|mkdir|unlink|rename)(?:\b|_)/i,
  },
  {
    field: /^memoryBytes$/,
    words: /\bENOMEM\b|\berrno 12\b|out of memory|cannot allocate|(?:\b|_)(?:oom|memory)(?:\b|_)/i,
  },
  { field: /^cpus$/, words: /(?:\b|_)(?:smp|cpus?|ipi|percpu)(?:\b|_)/i },
];

/**
 * The differences between the machines that may be why these cases fail in some environments and pass in others: where one
 * fails, the machine lacks what it has where it passes, or has it otherwise; and the failure's or the case's words are about it.
 * @param on The environments where they fail.
 */
export function machineSuspects(
  rows: readonly Row[],
  on: readonly number[],
  differences: readonly MachineDifference[],
): MachineDifference[] {
  if (differences.length === 0) return [];
  return differences.filter(({ field, values }) => {
    const words = RECOGNISERS.find((recogniser) => recogniser.field.test(field))?.words;
    return (
      words && rows.some((row) => isBetween(values, row, on) && on.some((column) => words.test(wordsOf(row, column))))
    );
  });
}

function isBetween(values: readonly string[], { cells }: Row, on: readonly number[]): boolean {
  return cells.some((cell, column) => {
    const passes = cell && !on.includes(column) && regardlessOfExpectation(cell.verdict).kind === 'pass';
    // What only the failing machine has did not make it fail.
    return passes && values[column] !== 'none' && on.some((other) => cells[other] && values[other] !== values[column]);
  });
}

function wordsOf({ suite, case: name, about = '', cells }: Row, column: number): string {
  const cell = cells[column];
  const subtests = (cell?.subtests ?? [])
    .filter(({ verdict }) => verdict.kind === 'fail')
    .map((subtest) => subtest.name);
  return [suite, name, about, cell ? describeVerdict(cell.verdict) : '', ...subtests].join(' ');
}
