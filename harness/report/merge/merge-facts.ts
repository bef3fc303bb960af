import { createHash } from 'node:crypto';
import { listed } from '../layout.ts';
import { machineDifferences } from '../machines.ts';
import type { RunPart } from '../results.ts';
import type { MergeSource } from './merge.ts';

/** What is said of a merged run: what its parts have in common, or all that they have. */
export function mergeFacts(parts: readonly RunPart[]) {
  const distinct = (texts: readonly string[]) => listed([...new Set(texts)].sort());
  const archs = [...new Set(parts.flatMap(({ host }) => Object.keys(host.qemu)))].sort();
  const ids = parts.map(({ id }) => id).sort();
  return {
    id: `merge-${createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 12)}`,
    startedAt: parts[0]?.startedAt ?? new Date(0).toISOString(),
    durationMs: Math.max(0, ...parts.map(({ durationMs }) => durationMs)),
    harness: distinct(parts.map(({ harness }) => harness)),
    host: {
      os: distinct(parts.map(({ host }) => host.os)),
      cpus: Math.max(0, ...parts.map(({ host }) => host.cpus)),
      node: distinct(parts.map(({ host }) => host.node)),
      qemu: Object.fromEntries(
        archs.map((arch) => [arch, distinct(parts.flatMap(({ host }) => host.qemu[arch] ?? []))]),
      ),
    },
  };
}

/** What may make results differ that were not got in the same way. */
export function differences(
  parts: readonly RunPart[],
  environments: readonly string[],
  sources: readonly MergeSource[],
): string[] {
  const { harness, host } = mergeFacts(parts);
  const versions = new Set(parts.map((part) => part.harness));
  const qemus = Object.entries(host.qemu).filter(
    ([arch]) => new Set(parts.flatMap((part) => part.host.qemu[arch] ?? [])).size > 1,
  );
  return [
    ...(versions.size > 1 ? [`The jobs ran different versions of Twinboot: ${harness}.`] : []),
    ...qemus.map(([arch, told]) => `The jobs ran different versions of QEMU for ${arch}: ${told}.`),
    ...environments.flatMap((id) => {
      const told = sources.flatMap(({ results }) => results.environments.find((other) => other.id === id) ?? []);
      const fields = [
        ...(new Set(told.map(({ accelerator }) => accelerator)).size > 1 ? ['the accelerator'] : []),
        ...machineDifferences(told).map(({ field }) => field),
      ];
      return fields.length > 0 ? [`The jobs ran ${id} on machines that differ in ${listed(fields)}.`] : [];
    }),
  ];
}
