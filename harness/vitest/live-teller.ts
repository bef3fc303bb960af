import { connect, type Socket } from 'node:net';
import { visibleLine } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import type { CaseStage, TellProgress } from '../suite/progress.ts';
import type { Millis } from '../units.ts';
import type { LiveAddress, LiveCaseName, LiveMessage } from './live-message.ts';

/** How often consoles are looked at: a message for each machine at most, and none for one that stays silent. */
const EVERY: Millis = 1_000;
const LONGEST_NAME = 500;

/** A machine as far as its silence goes. */
export type Speaker = Pick<Machine, 'ageMs'> & { readonly consoles: readonly { readonly lastByteAtMs: Millis }[] };

interface ToldCase {
  readonly id: number;
  stage: CaseStage;
  machine: Speaker | undefined;
  /** When its machine had last spoken, since the spawn, as was told last. */
  toldAtMs: Millis | undefined;
}

/** A case that somebody may watch. Nobody need to: what cannot be told is lost, and the case goes on. */
export interface WatchedCase extends Disposable {
  /** The first word announces the case. */
  readonly tell: TellProgress;
}

/** Tells the run, from a worker, how its cases come along. */
export class LiveTeller {
  readonly #socket: Socket;
  readonly #cases = new Set<ToldCase>();
  #ids = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor({ socket }: LiveAddress) {
    this.#socket = connect(socket).unref();
    this.#socket.on('error', () => {}); // The run has ended, and this worker is about to.
    this.#socket.resume(); // Who does not read does not hear the other end hang up.
  }

  watch(name: LiveCaseName): WatchedCase {
    const watched: ToldCase = { id: this.#ids++, stage: 'starting', machine: undefined, toldAtMs: undefined };
    return {
      tell: (stage, machine) => {
        if (!this.#cases.has(watched)) this.#begin(watched, name);
        watched.stage = stage;
        watched.machine = machine ?? watched.machine;
        this.#tell(watched);
      },
      [Symbol.dispose]: () => {
        if (this.#cases.delete(watched)) this.#send({ kind: 'end', id: watched.id });
        if (this.#cases.size === 0) this.#rest();
      },
    };
  }

  /** Tells of the machines that have spoken since. */
  look(): void {
    for (const watched of this.#cases) if (lastSpoke(watched.machine) !== watched.toldAtMs) this.#tell(watched);
  }

  /** What has been told arrives, and nothing more is told. */
  close(): void {
    this.#rest();
    this.#socket.end();
  }

  #begin(watched: ToldCase, { environment, suite, case: title }: LiveCaseName): void {
    this.#cases.add(watched);
    this.#looking ??= setInterval(() => this.look(), EVERY).unref();
    this.#send({
      kind: 'start',
      id: watched.id,
      environment,
      suite: visibleLine(suite, LONGEST_NAME),
      case: visibleLine(title, LONGEST_NAME),
    });
  }

  #tell(watched: ToldCase): void {
    const { id, stage, machine } = watched;
    watched.toldAtMs = lastSpoke(machine);
    // A machine that is looked into need not speak any more.
    const isHeard = machine !== undefined && stage !== 'gathering evidence';
    const silentMs = isHeard ? Math.max(0, machine.ageMs - (watched.toldAtMs ?? 0)) : null;
    this.#send({ kind: 'now', id, stage, silentMs });
  }

  #rest(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  #send(message: LiveMessage): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(message)}\n`);
  }
}

function lastSpoke(machine: Speaker | undefined): Millis | undefined {
  return machine && Math.max(...machine.consoles.map(({ lastByteAtMs }) => lastByteAtMs));
}

let teller: LiveTeller | undefined;

/** A case of this worker. @param address Absent where nobody listens. */
export function watchedCase(address: LiveAddress | undefined, name: LiveCaseName): WatchedCase {
  if (!address) return { tell: () => {}, [Symbol.dispose]: () => {} };
  teller ??= new LiveTeller(address);
  return teller.watch(name);
}
