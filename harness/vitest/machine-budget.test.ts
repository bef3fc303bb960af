import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { lineSaid } from '../testing/processes.ts';
import { MachineBudget } from './machine-budget.ts';
import { takeMachineToken } from './machine-token.ts';

const opened: MachineBudget[] = [];
afterEach(() => {
  for (const budget of opened.splice(0)) budget.close();
});

async function openBudget(machines: number): Promise<MachineBudget> {
  const budget = await MachineBudget.open(machines);
  opened.push(budget);
  return budget;
}

/** What a promise has come to by now, after everything that is on its way has arrived. */
async function nowOf<T>(promise: Promise<T>, { address }: MachineBudget): Promise<T | 'waits'> {
  await roundTrip(address.socket);
  return Promise.race([promise, Promise.resolve('waits' as const)]);
}

/** The server has read what others sent before when it sees this connection come and go. */
async function roundTrip(socket: string): Promise<void> {
  for (let trip = 0; trip < 3; trip++) {
    await new Promise<void>((resolve) => {
      const visitor = connect(socket, () => visitor.end());
      visitor.resume().once('close', () => resolve());
    });
  }
}

describe('a budget of machines', () => {
  test('hands out as many as there are, and what is given back to whoever came first', async () => {
    const budget = await openBudget(2);
    const served: number[] = [];
    const workers: Socket[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      const worker = connect(budget.address.socket).once('data', () => served.push(number));
      await once(worker, 'connect');
      workers.push(worker);
    }
    await roundTrip(budget.address.socket);
    expect(served).toEqual([1, 2]);
    for (const leaving of [2, 1, 4]) {
      workers[leaving - 1]?.destroy();
      await roundTrip(budget.address.socket);
    }
    expect(served).toEqual([1, 2, 3, 4, 5]);
    for (const worker of workers) worker.destroy();
  });

  test('of one is held by one at a time, however many ask', async () => {
    const budget = await openBudget(1);
    let holders = 0;
    const seen: number[] = [];
    const hold = async () => {
      using _token = await takeMachineToken(budget.address);
      seen.push(++holders);
      await roundTrip(budget.address.socket);
      holders--;
    };
    await Promise.all(Array.from({ length: 20 }, hold));
    expect(seen).toEqual(Array.from({ length: 20 }, () => 1));
  });

  test('takes back what a worker held that was killed, and forgets one that was killed while it waited', async () => {
    const budget = await openBudget(1);
    const script = `const asked = require('node:net').connect(process.argv[1], () => console.log('asks'));
      asked.on('data', () => console.log('holds'));`;
    const start = async (until: string) => {
      const child = spawn(process.execPath, ['-e', script, budget.address.socket]);
      await lineSaid(child.stdout, until);
      return child;
    };
    const holder = await start('holds');
    const waiter = await start('asks');
    const mine = takeMachineToken(budget.address);
    expect(await nowOf(mine, budget)).toBe('waits');
    waiter.kill('SIGKILL');
    holder.kill('SIGKILL');
    (await mine)[Symbol.dispose]();
  });

  test('that is closed leaves nothing behind, and tells those who wait', async () => {
    const budget = await openBudget(1);
    const { socket } = budget.address;
    await takeMachineToken(budget.address);
    const waiting = takeMachineToken(budget.address);
    const refused = expect(waiting).rejects.toThrow(EnvironmentError);
    await roundTrip(socket);
    budget.close();
    await refused;
    await expect(takeMachineToken(budget.address)).rejects.toThrow('The run that this worker belongs to has ended.');
    expect(existsSync(path.dirname(socket))).toBe(false);
  });
});
