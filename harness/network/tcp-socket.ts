import { Duplex } from 'node:stream';
import { TwinbootError } from '../errors.ts';
import type { Millis } from '../units.ts';
import type { Clock } from './clock.ts';
import {
  isOver,
  RECEIVE_BUFFER_BYTES,
  SEND_BUFFER_BYTES,
  type TcpConnection,
  type TcpPhase,
  type TcpStep,
} from './tcp-connection.ts';
import { stepTcp, type TcpEvent } from './tcp-machine.ts';
import type { TcpSegment } from './tcp-segment.ts';

/** A connection that did not end in order: the guest reset it, or stopped answering. */
export class ConnectionLostError extends TwinbootError {
  override readonly name = 'ConnectionLostError';
  readonly code: 'ECONNRESET' | 'ETIMEDOUT';

  constructor(code: 'ECONNRESET' | 'ETIMEDOUT') {
    super(
      code === 'ECONNRESET' ? 'The guest reset the connection.' : 'The guest stopped acknowledging the connection.',
    );
    this.code = code;
  }
}

export interface TcpSocketOwner {
  readonly clock: Clock;
  send(segment: TcpSegment): void;
  /** The handshake is complete: the socket may be given to a service. */
  established(socket: TcpSocket): void;
  /** The connection needs no place in the table any more. */
  over(socket: TcpSocket): void;
}

/**
 * One connection as a stream. Writing to it waits when the guest does not read; reading from it slowly closes the
 * guest's window. It never brings the process down for want of an 'error' listener, because a guest may reset any
 * connection at any time; a service that wants to know of it listens.
 */
export class TcpSocket extends Duplex {
  readonly #owner: TcpSocketOwner;
  #connection: TcpConnection;
  #unwritten: { rest: Buffer; readonly done: () => void } | undefined;
  #timer: { readonly at: Millis; readonly cancel: () => void } | undefined;

  constructor(opening: TcpStep, owner: TcpSocketOwner) {
    super({ readableHighWaterMark: RECEIVE_BUFFER_BYTES >> 1, writableHighWaterMark: SEND_BUFFER_BYTES });
    this.#owner = owner;
    this.#connection = opening.connection;
    this.on('error', () => {});
    for (const segment of opening.segments) owner.send(segment);
    this.#setTimer();
  }

  get phase(): TcpPhase {
    return this.#connection.phase;
  }

  /** Takes in a segment of this connection. */
  receive(segment: TcpSegment): void {
    this.#apply({ kind: 'segment', segment });
  }

  /** Ends the connection without a word to the guest. What was received stays readable. */
  forget(): void {
    this.#connection = { ...this.#connection, phase: 'aborted', deadline: undefined };
    this.#setTimer();
    this.#owner.over(this);
  }

  override _read(): void {
    // Called before the bytes that made room for more are taken out of the buffer; what is unread is known after that.
    queueMicrotask(() => this.#apply({ kind: 'read' }));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#unwritten = { rest: chunk, done };
    this.#writeOn();
  }

  override _final(done: () => void): void {
    this.#apply({ kind: 'end' });
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#unwritten = undefined;
    // What the connection has taken is still delivered, unless that would look whole and is not, or something that was
    // received was not read (RFC 9293, 3.10.4; RFC 2525, 2.17).
    if (this.writableLength > 0 || this.readableLength > 0) {
      this.#apply({ kind: 'abort' });
    } else {
      this.#apply({ kind: 'end' });
      this.#apply({ kind: 'orphan' });
    }
    done(error);
  }

  #apply(event: TcpEvent): void {
    const before = this.#connection.phase;
    if (isOver(before)) return;
    const { connection, segments, bytes, ended } = stepTcp(this.#connection, event, {
      now: this.#owner.clock.now(),
      unread: this.destroyed ? 0 : this.readableLength,
    });
    // Everything below may run a service's code, which may come back here.
    this.#connection = connection;
    this.#setTimer();
    for (const segment of segments) this.#owner.send(segment);
    if (isOver(connection.phase)) this.#owner.over(this);
    if (before === 'syn-received' && connection.phase !== before && !isOver(connection.phase))
      this.#owner.established(this);
    if (bytes.length > 0 && !this.destroyed) this.push(bytes);
    if (ended && !this.destroyed) this.push(null);
    this.#reportLoss(connection.phase);
    this.#writeOn();
  }

  /** Hands over what fits into the send buffer, which is empty again as the guest acknowledges. */
  #writeOn(): void {
    const unwritten = this.#unwritten;
    if (!unwritten) return;
    const part = unwritten.rest.subarray(0, Math.max(0, SEND_BUFFER_BYTES - this.#connection.outgoing.length));
    unwritten.rest = unwritten.rest.subarray(part.length);
    if (unwritten.rest.length === 0) {
      this.#unwritten = undefined;
      if (part.length > 0) this.#apply({ kind: 'write', bytes: part });
      unwritten.done();
    } else if (part.length > 0) {
      this.#apply({ kind: 'write', bytes: part });
    }
  }

  #reportLoss(phase: TcpPhase): void {
    if (this.destroyed) return;
    if (phase === 'reset') this.destroy(new ConnectionLostError('ECONNRESET'));
    if (phase === 'timed-out') this.destroy(new ConnectionLostError('ETIMEDOUT'));
  }

  #setTimer(): void {
    const { deadline } = this.#connection;
    if (this.#timer?.at === deadline) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (deadline === undefined) return;
    const cancel = this.#owner.clock.after(deadline - this.#owner.clock.now(), () => {
      this.#timer = undefined;
      this.#apply({ kind: 'tick' });
    });
    this.#timer = { at: deadline, cancel };
  }
}
