import { describeArch } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { qemuArgv } from '../qemu/argv.ts';

/**
 * A shell script that starts the same machine with its first serial line on the terminal. The guest's writes go to
 * temporary files (`-snapshot`), so that it can be run again and again.
 */
export function reproduceScript(plan: MachinePlan): string {
  return ['#!/bin/sh', ...body(plan), ''].join('\n');
}

function body({ source, machine, consoles, exitDevice }: MachinePlan): string[] {
  switch (source.kind) {
    case 'launcher': {
      const environment = Object.entries(source.env).map(([name, value]) => `${name}=${quote(value)}`);
      return [`cd ${quote(source.cwd)} || exit`, ['exec env', ...environment, ...source.command.map(quote)].join(' ')];
    }
    case 'qemu': {
      const { image } = source;
      const argv = qemuArgv(machine, image, {
        monitor: undefined,
        consoles: consoles.map((_, index) => (index === 0 ? 'stdio,mux=on,signal=off' : 'null')),
        disks: machine.disks.map((disk) =>
          disk.mode === 'scratch'
            ? { path: 'scratch.qcow2', format: 'qcow2', readonly: false }
            : { path: disk.source, format: disk.format, readonly: disk.mode === 'readonly' },
        ),
        ...(image.from === 'disk' ? { bootDisk: { path: image.disk, format: 'raw' as const, readonly: false } } : {}),
        services: undefined,
        startStopped: false,
        exitDevice,
      });
      const scratch = machine.disks.find((disk) => disk.mode === 'scratch');
      return [
        '# The first serial line is this terminal; ^A x ends QEMU. Arguments given to this script are appended, as in -s -S.',
        ...(machine.network.kind === 'user' && machine.network.restrict
          ? ["# The harness's own services on the guest's network are not there."]
          : []),
        ...(scratch ? [`cd "$(mktemp -d)" && qemu-img create -q -f qcow2 scratch.qcow2 ${scratch.sizeBytes}`] : []),
        `exec ${[describeArch(machine.arch).qemuBinary, ...argv, '-snapshot'].map(quote).join(' ')} "$@"`,
      ];
    }
    default:
      return source satisfies never;
  }
}

/** A word as POSIX shells read it back unchanged. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
