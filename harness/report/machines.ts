import { visibleLine } from '../lines/visible.ts';
import type { EnvironmentFacts } from './results.ts';

/** A field in which the machines of one target are not alike. */
export interface MachineDifference {
  /** `network`, `disks.root.mode`, `memoryBytes`. */
  readonly field: string;
  /** Parallel to the environments; `none` where a machine lacks the field. */
  readonly values: readonly string[];
}

/** What follows from the architecture itself. Says something only between environments of the same one. */
const OF_THE_ARCHITECTURE = new Set(['arch', 'board', 'cpu']);

/** Compares the resolved profiles: a network card or a writable disk that one column lacks explains failures that no kernel fix will. */
export function machineDifferences(environments: readonly EnvironmentFacts[]): MachineDifference[] {
  const sameArch = new Set(environments.map(({ arch }) => arch)).size === 1;
  const machines = environments.map(({ machine, arch }) => comparable(machine, arch));
  return fieldsOf(machines)
    .filter((field) => sameArch || !OF_THE_ARCHITECTURE.has(field))
    .flatMap((field) =>
      differences(
        field,
        machines.map((machine) => fieldOf(machine, field)),
      ),
    );
}

type Plain = Readonly<Record<string, unknown>>;

function differences(field: string, values: readonly unknown[]): MachineDifference[] {
  const texts = values.map((value) => JSON.stringify(value));
  if (new Set(texts).size <= 1) return [];
  if (values.every(isRecord) && !saysWhatItIs(values)) {
    return fieldsOf(values).flatMap((inner) =>
      differences(
        `${field}.${inner}`,
        values.map((value) => fieldOf(value, inner)),
      ),
    );
  }
  return [
    { field: visibleLine(field, 60), values: values.map((value) => visibleLine(describeValue(field, value), 200)) },
  ];
}

/** Records of different kinds differ as a whole: their fields have nothing to do with each other. */
function saysWhatItIs(values: readonly Plain[]): boolean {
  return ['kind', 'name'].some((field) => new Set(values.map((value) => value[field])).size > 1);
}

function describeValue(field: string, value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'number' && field.endsWith('Bytes')) return `${value / 2 ** 20} MiB`;
  if (Array.isArray(value)) return value.map((item) => describeValue(field, item)).join(' ') || 'none';
  if (!isRecord(value)) return String(value);
  const title = value.name ?? value.kind;
  const rest = Object.entries(value).filter(([key, inner]) => key !== 'name' && inner !== title);
  const details = rest.map(([key, inner]) => `${key} ${describeValue(key, inner)}`).join(', ');
  return [title, details && (title === undefined ? details : `(${details})`)].filter(Boolean).join(' ') || 'none';
}

/**
 * The machine with lists of named things keyed by their names, so that a disk is compared with the disk of the same name,
 * and with the architecture's own name taken out of paths.
 */
function comparable(value: unknown, arch: string): unknown {
  if (typeof value === 'string') return value.replaceAll(arch, '{arch}');
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item, arch));
    const named = items.every((item) => isRecord(item) && typeof item.name === 'string');
    return named ? Object.fromEntries(items.map((item) => [String(fieldOf(item, 'name')), item])) : items;
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner, arch)]));
}

function fieldsOf(values: readonly unknown[]): string[] {
  return [...new Set(values.flatMap((value) => (isRecord(value) ? Object.keys(value) : [])))];
}

function fieldOf(value: unknown, field: string): unknown {
  return isRecord(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
