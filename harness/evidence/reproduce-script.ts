import { describeArch } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { qemuArgv } from '../qemu/argv.ts';

/** What a person types to see it again. @param folder The evidence, as they can type it. */
export function reproduceCommand({ source }: MachinePlan, folder: string): string {
  switch (source.kind) {
    case 'qemu':
      return `npx twinboot debug ${folder}`;
    case 'launcher':
      return `sh ${folder}/reproduce.sh`;
    default:
      return source satisfies never;
  }
}

/**
 * A shell script that starts the same machine with its first serial line on the terminal. The guest's writes go to
 * temporary files (`-snapshot`), so that it can be run again and again.
 */
export function reproduceScript(plan: MachinePlan): string {
  return ['#!/bin/sh', ...body(plan), ''].join('\n');
}

function body({ source, machine, consoles, exitDevice, ports = [] }: MachinePlan): string[] {
  switch (source.kind) {
    case 'launcher': {
      const environment = Object.entries(source.env).map(([name, value]) => `${name}=${quote(value)}`);
      const hasMonitor = source.command.some((word) => word.includes('{qmp}'));
      return [
        ...(hasMonitor
          ? [
              '# Nobody need answer the monitor: QEMU listens where it looked for the harness.',
              'QMP="$(mktemp -d)/qmp"',
            ]
          : []),
        `cd ${quote(source.cwd)} || exit`,
        ['exec env', ...environment, ...source.command.map(quoteWithMonitor)].join(' '),
      ];
    }
    case 'qemu': {
      const { image } = source;
      const argv = qemuArgv(machine, image, {
        monitor: undefined,
        consoles: consoles.map((_, index) => (index === 0 ? 'stdio,mux=on,signal=off' : 'null')),
        disks: machine.disks.map((disk, index) =>
          disk.mode === 'scratch'
            ? { path: scratchFile(index), format: 'qcow2', readonly: false }
            : { path: disk.source, format: disk.format, readonly: disk.mode === 'readonly' },
        ),
        ...(image.from === 'disk' ? { bootDisk: { path: image.disk, format: 'raw' as const, readonly: false } } : {}),
        ports: Object.fromEntries(ports.map((port) => [port, 'null'])),
        services: undefined,
        startStopped: false,
        sandbox: false,
        exitDevice,
      });
      const scratch = machine.disks.flatMap((disk, index) =>
        disk.mode === 'scratch' ? [`qemu-img create -q -f qcow2 ${scratchFile(index)} ${disk.sizeBytes} || exit`] : [],
      );
      return [
        '# The first serial line is this terminal; ^A x ends QEMU. Arguments given to this script are appended, as in -s -S.',
        ...(machine.network.kind === 'user' && machine.network.restrict
          ? ["# The harness's own services on the guest's network are not there."]
          : []),
        ...(scratch.length > 0 ? ['cd "$(mktemp -d)" || exit', ...scratch] : []),
        `exec ${[describeArch(machine.arch).qemuBinary, ...argv, '-snapshot'].map(quote).join(' ')} "$@"`,
      ];
    }
    default:
      return source satisfies never;
  }
}

function scratchFile(index: number): string {
  return `scratch${index}.qcow2`;
}

function quoteWithMonitor(word: string): string {
  return word.includes('{qmp}')
    ? word
        .split('{qmp}')
        .map((part) => part && quote(part))
        .join('"$QMP",server=on,wait=off')
    : quote(word);
}

/** A word as POSIX shells read it back unchanged. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
