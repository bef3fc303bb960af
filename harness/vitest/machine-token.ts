import { connect, type Socket } from 'node:net';
import pLimit from 'p-limit';
import { EnvironmentError } from '../errors.ts';
import type { BudgetAddress } from './machine-budget.ts';

/**
 * A worker stands in the queue once, however many cases of its file are ready: so the files of a run take turns. A
 * socket's backlog, too, is finite.
 */
const askOneByOne = pLimit(1);

/**
 * Waits for a machine's share of the run's budget. Whoever holds one must not ask for another: with a budget of one they
 * would wait for themselves.
 * @returns what gives the share back.
 * @throws EnvironmentError when the run has ended meanwhile.
 */
export function takeMachineToken({ socket }: BudgetAddress): Promise<Disposable> {
  return askOneByOne(() => ask(connect(socket)));
}

async function ask(connection: Socket): Promise<Disposable> {
  let cause: Error | undefined;
  connection.on('error', (error) => {
    cause = error;
  });
  await new Promise<void>((resolve, reject) => {
    connection.once('data', () => resolve());
    connection.once('close', () =>
      reject(new EnvironmentError('The run that this worker belongs to has ended.', { cause })),
    );
  });
  return { [Symbol.dispose]: () => connection.destroy() };
}
