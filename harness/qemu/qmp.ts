import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { EnvironmentError } from '../errors.ts';
import { type Deadline, type Millis, monotonicMs } from '../units.ts';

/** An event as QEMU sent it (QEMU, docs/interop/qmp-spec), with the host's time since the machine was spawned. */
export interface QmpEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly atMs: Millis;
}

export interface QemuVersion {
  readonly major: number;
  readonly minor: number;
  readonly micro: number;
}

/** QEMU refused a command. */
export class QmpCommandError extends EnvironmentError {
  readonly command: string;
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`QEMU refused the monitor command ${command}: ${description}`);
    this.command = command;
    this.errorClass = errorClass;
  }
}

/** The monitor's connection ended while an answer was awaited. */
export class QmpClosedError extends EnvironmentError {}

const MAX_MESSAGE_CHARS = 16 * 2 ** 20;
const KEPT_EVENTS = 1_000;

interface Pending {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

type State = { name: 'greeting' } | { name: 'ready' } | { name: 'closed' };

/**
 * A client of QEMU's machine protocol on one connection. Every event since the connection began is kept (the last
 * {@link KEPT_EVENTS}) and told to subscribers; every promise is settled, also when QEMU dies.
 */
export class QmpClient {
  readonly events: QmpEvent[] = [];
  /** Resolves when the connection has ended and everything that QEMU sent before has been read. */
  readonly closed: Promise<void>;
  readonly #port: Duplex;
  readonly #startedAt: Millis;
  readonly #pending = new Map<number, Pending>();
  readonly #subscribers = new Set<(event: QmpEvent) => void>();
  #state: State = { name: 'greeting' };
  #nextId = 1;
  #unread = '';
  #greeted: (version: QemuVersion | undefined) => void = () => {};
  readonly #greeting = new Promise<QemuVersion | undefined>((resolve) => {
    this.#greeted = resolve;
  });

  /** @param startedAt {@link monotonicMs} when the machine was spawned. */
  constructor(port: Duplex, startedAt: Millis) {
    this.#port = port;
    this.#startedAt = startedAt;
    const decoder = new StringDecoder('utf8');
    port.on('data', (bytes: Buffer) => this.#read(decoder.write(bytes)));
    port.on('error', () => {}); // A reset by a dying QEMU; 'close' follows.
    this.closed = new Promise((resolve) => {
      port.once('close', () => {
        this.#close();
        resolve();
      });
    });
  }

  /**
   * Waits for QEMU's greeting and leaves negotiation mode.
   * @returns QEMU's version, or `undefined` when the connection ended first.
   */
  async open(): Promise<QemuVersion | undefined> {
    const version = await this.#greeting;
    if (version) await this.execute('qmp_capabilities');
    return version;
  }

  /**
   * Runs one command and resolves to its `return` value.
   * @throws QmpCommandError when QEMU refuses, QmpClosedError when it ends first.
   */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#state.name === 'closed') {
      return Promise.reject(new QmpClosedError(`QEMU has ended; the monitor command ${command} was not sent.`));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject });
      this.#port.write(`${JSON.stringify({ execute: command, id, ...(args ? { arguments: args } : {}) })}\n`);
    });
  }

  /** The id of the command that was sent last: QEMU's trace events tell which one it carries out. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  /** Calls `listener` with each event that is yet to come. Returns a function that stops that. */
  subscribe(listener: (event: QmpEvent) => void): () => void {
    this.#subscribers.add(listener);
    return () => this.#subscribers.delete(listener);
  }

  /** The first event named `name`, kept or yet to come; `undefined` when the deadline passes or QEMU ends first. */
  async event(name: string, deadline: Deadline): Promise<QmpEvent | undefined> {
    const kept = this.events.find((event) => event.name === name);
    if (kept) return kept;
    let unsubscribe = () => {};
    const arrival = new Promise<QmpEvent>((resolve) => {
      unsubscribe = this.subscribe((event) => {
        if (event.name === name) resolve(event);
      });
    });
    try {
      return await deadline.race([arrival, this.closed.then(() => undefined)], undefined);
    } finally {
      unsubscribe();
    }
  }

  #read(text: string): void {
    // What is unread is not looked at again until its line ends: long messages come in thousands of pieces.
    const [end = '', ...beginnings] = text.split('\n');
    this.#unread += end;
    for (const beginning of beginnings) {
      const message = this.#unread.trim();
      this.#unread = beginning;
      if (message) this.#receive(message);
    }
    if (this.#unread.length > MAX_MESSAGE_CHARS) this.#port.destroy();
  }

  #receive(message: string): void {
    const parsed = parseMessage(message);
    if (!parsed) return;
    if ('QMP' in parsed) {
      this.#state = { name: 'ready' };
      this.#greeted(versionOf(parsed));
    } else if (typeof parsed.event === 'string') {
      this.#announce({ name: parsed.event, data: asRecord(parsed.data), atMs: monotonicMs() - this.#startedAt });
    } else {
      this.#answer(parsed);
    }
  }

  #announce(event: QmpEvent): void {
    this.events.push(event);
    if (this.events.length > KEPT_EVENTS) this.events.shift();
    for (const subscriber of this.#subscribers) subscriber(event);
  }

  #answer(message: Readonly<Record<string, unknown>>): void {
    const pending = this.#pending.get(Number(message.id));
    if (!pending) return;
    this.#pending.delete(Number(message.id));
    if ('error' in message) {
      const error = asRecord(message.error);
      pending.reject(new QmpCommandError(pending.command, String(error.class), String(error.desc)));
    } else {
      pending.resolve(message.return);
    }
  }

  #close(): void {
    this.#state = { name: 'closed' };
    this.#greeted(undefined);
    for (const { command, reject } of this.#pending.values()) {
      reject(new QmpClosedError(`QEMU ended before it answered the monitor command ${command}.`));
    }
    this.#pending.clear();
  }
}

function parseMessage(message: string): Record<string, unknown> | undefined {
  try {
    return asRecord(JSON.parse(message));
  } catch {
    return undefined; // A line that QEMU was still writing when it died.
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function versionOf(greeting: Record<string, unknown>): QemuVersion {
  const { major, minor, micro } = asRecord(asRecord(asRecord(greeting.QMP).version).qemu);
  return { major: Number(major), minor: Number(minor), micro: Number(micro) };
}
