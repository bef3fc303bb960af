import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { QmpClosedError, QmpCommandError } from '../qemu/qmp.ts';
import { EventTracer, nearNames } from './event-tracer.ts';

const NAMES = ['pci_cfg_read', 'pci_cfg_write', 'ps2_put_keycode', 'dma_blk_io', 'monitor_qmp_cmd_in_band'];

/** A monitor that knows a few events, and logs its commands as QEMU does. */
class FakeQemu {
  readonly closed: Promise<void>;
  readonly #enabled = new Set<string>();
  lastId = 0;
  log: (text: string) => void = () => {};
  end: () => void = () => {};
  #hasEnded = false;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.end = () => {
        this.#hasEnded = true;
        resolve();
      };
    });
  }

  get enabled(): readonly string[] {
    return [...this.#enabled].filter((name) => name !== 'monitor_qmp_cmd_in_band').sort();
  }

  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.lastId;
    await Promise.resolve();
    if (this.#hasEnded) throw new QmpClosedError('QEMU has ended');
    if (this.#enabled.has('monitor_qmp_cmd_in_band')) this.log(`monitor_qmp_cmd_in_band ${id}\n`);
    if (command === 'query-status') return {};
    const pattern = String(args.name);
    const found = NAMES.filter((name) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
    if (found.length === 0 && !pattern.includes('*'))
      throw new QmpCommandError(command, 'GenericError', 'unknown event');
    if (command === 'trace-event-get-state') return found.map((name) => ({ name, state: 'disabled' }));
    for (const name of found) args.enable ? this.#enabled.add(name) : this.#enabled.delete(name);
    return {};
  }

  /** What the guest does is logged where its event is on. */
  event(name: string, args = ''): void {
    if (this.#enabled.has(name)) this.log(`${name} ${args}\n`);
  }
}

function traced() {
  const qemu = new FakeQemu();
  const tracer = new EventTracer(qemu, () => 7);
  let rest = '';
  qemu.log = (text) => {
    rest += tracer.push(Buffer.from(text, 'latin1')).toString('latin1');
  };
  return { qemu, tracer, rest: () => rest };
}

describe('trace events of a machine that runs', () => {
  test('are read from when they are on until they are off, and nothing of them is left in the log', async () => {
    const { qemu, tracer, rest } = traced();
    qemu.event('dma_blk_io', 'early');
    const run = await tracer.start(['dma_*', 'ps2_put_keycode']);
    qemu.log('     1: v=20 ');
    qemu.event('dma_blk_io', 'dbs=0x1');
    qemu.log('e=0000\n');
    qemu.event('pci_cfg_read');
    await run.stop();
    qemu.event('dma_blk_io', 'late');
    expect(run.tally.result.last).toEqual([{ name: 'dma_blk_io', args: 'dbs=0x1', atMs: 7 }]);
    expect(rest()).toBe('     1: v=20 e=0000\n');
    expect(qemu.enabled).toEqual([]);
  });

  test('of two that ask at once go to each that asked for them, and stay on as long as one does', async () => {
    const { qemu, tracer } = traced();
    const [one, two] = await Promise.all([tracer.start(['pci_cfg_*']), tracer.start(['pci_cfg_read', 'dma_blk_io'])]);
    expect(tracer.latest).toBe(two);
    for (const name of ['pci_cfg_read', 'pci_cfg_write', 'dma_blk_io']) qemu.event(name);
    await one.stop();
    qemu.event('pci_cfg_read');
    expect(qemu.enabled).toEqual(['dma_blk_io', 'pci_cfg_read']);
    await two.stop();
    expect(one.tally.result.counts).toEqual({ pci_cfg_read: 1, pci_cfg_write: 1 });
    expect(two.tally.result.counts).toEqual({ pci_cfg_read: 2, dma_blk_io: 1 });
  });

  test('are told to whoever comes late, from the first', async () => {
    const { qemu, tracer } = traced();
    const run = await tracer.start(['dma_blk_io']);
    qemu.event('dma_blk_io', '1');
    const heard: string[] = [];
    run.subscribe(({ args }) => heard.push(args));
    qemu.event('dma_blk_io', '2');
    await run.catchUp();
    expect(heard).toEqual(['1', '2']);
  });

  test('that QEMU does not have are refused, with those near them', async () => {
    const { qemu, tracer } = traced();
    await expect(tracer.start(['dma_blk_io', 'pci_cfg_reed'])).rejects.toThrow(
      new DeclarationError(
        'events: this QEMU has no trace event "pci_cfg_reed"; there are pci_cfg_read, pci_cfg_write (`-trace help` lists all)',
      ),
    );
    await expect(tracer.start(['virtio_*'])).rejects.toThrow(
      'events: this QEMU has no trace event "virtio_*" (`-trace help` lists all)',
    );
    expect(qemu.enabled).toEqual([]);
  });

  test('of a QEMU that ends are what there was', async () => {
    const { qemu, tracer } = traced();
    const run = await tracer.start(['dma_blk_io']);
    qemu.event('dma_blk_io');
    qemu.end();
    await run.catchUp();
    await run.stop();
    expect(run.tally.result.total).toBe(1);
    await expect(tracer.start(['dma_blk_io'])).rejects.toThrow(QmpClosedError);
  });
});

describe('names near a wrong one', () => {
  test.each([
    ['pci_cfg_raed', ['pci_cfg_read', 'pci_cfg_write']],
    ['pci_cgf_*', ['pci_cfg_read', 'pci_cfg_write']],
    ['ps2_keycode', []],
    ['*', []],
    ['dma_blk_oi', ['dma_blk_io', 'dma_blk_cb']],
  ])('%s', (word, names) => {
    expect(nearNames(word, [...NAMES, 'dma_blk_cb'])).toEqual(names);
  });
});
