import type { Bytes, Millis } from '../units.ts';
import { advance, distance, type Sequence } from './sequence.ts';
import { ACK, MAX_SEGMENT_SIZE, RST, type TcpSegment } from './tcp-segment.ts';

/** What is kept of each direction of a connection. The receive window must fit its 16 bits: no window scaling. */
export const RECEIVE_BUFFER_BYTES: Bytes = 65_535;
export const SEND_BUFFER_BYTES: Bytes = 65_536;

/**
 * The states of RFC 9293, 3.3.2, that a server goes through. The last four are ends: 'closed' in order, 'reset' by the
 * guest, 'timed-out' after unanswered retransmissions, 'aborted' by the harness.
 */
export type TcpPhase =
  | 'syn-received'
  | 'established'
  | 'close-wait'
  | 'last-ack'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'closing'
  | 'time-wait'
  | TcpEnding;

export type TcpEnding = 'closed' | 'reset' | 'timed-out' | 'aborted';

/** One side of a connection. `snd…` and `rcv…` are the variables of RFC 9293, 3.3.1. */
export interface TcpConnection {
  readonly phase: TcpPhase;
  /** No application is left to read what comes. */
  readonly orphaned: boolean;
  readonly mss: Bytes;

  readonly sndUna: Sequence;
  /** Goes back to `sndUna` when something was lost. */
  readonly sndNxt: Sequence;
  /** After the last sequence number that was ever sent: what an acknowledgment may reach. */
  readonly sndMax: Sequence;
  readonly sndWnd: Bytes;
  readonly sndWl1: Sequence;
  readonly sndWl2: Sequence;
  /** From `sndUna` on: what is sent and not acknowledged, then what is not sent. */
  readonly outgoing: Buffer;

  /** RFC 5681, 3.1. */
  readonly congestionWindow: Bytes;
  readonly slowStartThreshold: Bytes;
  readonly duplicateAcks: number;
  /** Duplicate acknowledgments below this belong to a loss that is being repaired (RFC 6582, "recover"). */
  readonly recover: Sequence;

  readonly rcvNxt: Sequence;
  /** The right edge of the window that was advertised last; it never moves left. */
  readonly rcvEdge: Sequence;
  /** Bytes delivered to the application that it has not read. */
  readonly unread: Bytes;

  readonly retransmissionTimeout: Millis;
  /** Retransmissions since the guest last acknowledged anything. */
  readonly attempts: number;
  /** When the connection wants a `tick`. */
  readonly deadline: Millis | undefined;
}

/** What one event makes of a connection: its next value, what to send, and what to hand to the application. */
export interface TcpStep {
  readonly connection: TcpConnection;
  readonly segments: readonly TcpSegment[];
  readonly bytes: Buffer;
  /** The guest will send no more bytes after these. */
  readonly ended: boolean;
}

/** A step while it is worked out. The connection in it is a copy, so changing it is seen by nobody else. */
export interface TcpDraft {
  readonly connection: { -readonly [Name in keyof TcpConnection]: TcpConnection[Name] };
  readonly segments: TcpSegment[];
  readonly now: Millis;
  bytes: Buffer;
  ended: boolean;
}

export const NO_BYTES = Buffer.alloc(0);

export function isOver(phase: TcpPhase): phase is TcpEnding {
  return phase === 'closed' || phase === 'reset' || phase === 'timed-out' || phase === 'aborted';
}

/** Whether the application has ended its side and the guest has not acknowledged that. */
export function owesFin({ phase }: TcpConnection): boolean {
  return phase === 'fin-wait-1' || phase === 'closing' || phase === 'last-ack';
}

/** Goes to another phase; a timer that ran for the last one stops. */
export function enter({ connection }: TcpDraft, phase: TcpPhase): void {
  connection.phase = phase;
  connection.deadline = undefined;
  if (isOver(phase)) connection.outgoing = NO_BYTES;
}

/** Ends a connection and tells the guest. */
export function breakOff(draft: TcpDraft, phase: 'timed-out' | 'aborted'): void {
  sendSegment(draft, { sequence: draft.connection.sndMax, flags: RST | ACK });
  enter(draft, phase);
}

/** Sends an acknowledgment of everything received so far. */
export function acknowledge(draft: TcpDraft): void {
  sendSegment(draft, { sequence: draft.connection.sndMax, flags: ACK });
}

export function sendSegment(
  { connection, segments }: TcpDraft,
  segment: Pick<TcpSegment, 'sequence' | 'flags'> & { readonly payload?: Buffer; readonly mss?: Bytes },
): void {
  segments.push({ payload: NO_BYTES, ...segment, acknowledgment: connection.rcvNxt, window: openWindow(connection) });
}

/** Moves the window's right edge when that is worth a guest's while (RFC 9293, 3.8.6.2.2), and gives the window. */
function openWindow(connection: TcpDraft['connection']): Bytes {
  if (windowGrowth(connection) >= MAX_SEGMENT_SIZE) connection.rcvEdge = wantedEdge(connection);
  return Math.max(0, distance(connection.rcvNxt, connection.rcvEdge));
}

/** How much more than it was told the guest may send. */
export function windowGrowth(connection: TcpConnection): Bytes {
  return distance(connection.rcvEdge, wantedEdge(connection));
}

function wantedEdge({ rcvNxt, unread }: TcpConnection): Sequence {
  return advance(rcvNxt, Math.max(0, RECEIVE_BUFFER_BYTES - unread));
}
