import type { Bytes, Millis } from '../units.ts';
import { advance, type Sequence } from './sequence.ts';
import { arrive } from './tcp-arrival.ts';
import {
  acknowledge,
  breakOff,
  enter,
  isOver,
  NO_BYTES,
  owesFin,
  RECEIVE_BUFFER_BYTES,
  type TcpConnection,
  type TcpDraft,
  type TcpStep,
  windowGrowth,
} from './tcp-connection.ts';
import { MAX_SEGMENT_SIZE, type TcpSegment } from './tcp-segment.ts';
import { INITIAL_TIMEOUT, retransmit, sendSynAck, transmit } from './tcp-transmission.ts';

export type TcpEvent =
  | { readonly kind: 'segment'; readonly segment: TcpSegment }
  /** The application sends; no more than {@link SEND_BUFFER_BYTES} may be waiting. */
  | { readonly kind: 'write'; readonly bytes: Buffer }
  /** The application has sent its last byte. */
  | { readonly kind: 'end' }
  /** The application has read something. */
  | { readonly kind: 'read' }
  /** The application is gone, having ended its side: what it wrote is still delivered. */
  | { readonly kind: 'orphan' }
  /** The application wants no more of the connection. */
  | { readonly kind: 'abort' }
  /** The connection's deadline may have passed. */
  | { readonly kind: 'tick' };

export interface TcpCircumstances {
  readonly now: Millis;
  /** Bytes that the application was given and has not read. */
  readonly unread: Bytes;
}

/** Long enough for a guest to repeat a FIN whose acknowledgment it lost; RFC 9293's minutes would fill the table. */
const TIME_WAIT: Millis = 1_000;
/** How long a guest may take to end its side once nobody listens. */
const ORPHAN_WAIT: Millis = 30_000;
/** A maximum segment size below this, which no network has, would turn every write into a storm of frames. */
const MIN_SEGMENT_SIZE: Bytes = 64;
/** What a host without the option accepts (RFC 9293, 3.7.1). */
const DEFAULT_SEGMENT_SIZE: Bytes = 536;
/** RFC 6928. */
const INITIAL_WINDOW_SEGMENTS = 10;

/** Answers a SYN: a connection in `syn-received`, whose own numbers begin at `initial`. */
export function openTcp(syn: TcpSegment, initial: Sequence, now: Millis): TcpStep {
  const mss = Math.min(MAX_SEGMENT_SIZE, Math.max(MIN_SEGMENT_SIZE, syn.mss ?? DEFAULT_SEGMENT_SIZE));
  const rcvNxt = advance(syn.sequence, 1);
  const draft = draftOf(
    {
      phase: 'syn-received',
      orphaned: false,
      mss,
      sndUna: initial,
      sndNxt: advance(initial, 1),
      sndMax: advance(initial, 1),
      sndWnd: syn.window,
      sndWl1: syn.sequence,
      sndWl2: initial,
      outgoing: NO_BYTES,
      congestionWindow: INITIAL_WINDOW_SEGMENTS * mss,
      slowStartThreshold: RECEIVE_BUFFER_BYTES,
      duplicateAcks: 0,
      recover: initial,
      rcvNxt,
      rcvEdge: rcvNxt,
      unread: 0,
      retransmissionTimeout: INITIAL_TIMEOUT,
      attempts: 0,
      deadline: undefined,
    },
    { now, unread: 0 },
  );
  sendSynAck(draft);
  setDeadline(draft);
  return draft;
}

/** What `event` makes of `connection`. Pure: all that it goes by is in its arguments. */
export function stepTcp(connection: TcpConnection, event: TcpEvent, circumstances: TcpCircumstances): TcpStep {
  const draft = draftOf(connection, circumstances);
  if (!isOver(connection.phase)) handle(draft, event);
  setDeadline(draft);
  return draft;
}

function draftOf(connection: TcpConnection, { now, unread }: TcpCircumstances): TcpDraft {
  return { connection: { ...connection, unread }, segments: [], now, bytes: NO_BYTES, ended: false };
}

function handle(draft: TcpDraft, event: TcpEvent): void {
  const { connection } = draft;
  switch (event.kind) {
    case 'segment':
      arrive(draft, event.segment);
      break;
    case 'write':
      if (connection.phase !== 'established' && connection.phase !== 'close-wait') break;
      connection.outgoing = Buffer.concat([connection.outgoing, event.bytes]);
      transmit(draft);
      break;
    case 'end':
      if (connection.phase === 'established') enter(draft, 'fin-wait-1');
      if (connection.phase === 'close-wait') enter(draft, 'last-ack');
      transmit(draft);
      break;
    case 'read':
      if (windowGrowth(connection) >= 2 * MAX_SEGMENT_SIZE) acknowledge(draft);
      break;
    case 'orphan':
      connection.orphaned = true;
      break;
    case 'abort':
      breakOff(draft, 'aborted');
      break;
    case 'tick':
      if (connection.deadline !== undefined && draft.now >= connection.deadline) meetDeadline(draft);
      break;
    default:
      event satisfies never;
  }
}

function meetDeadline(draft: TcpDraft): void {
  const { phase } = draft.connection;
  if (phase === 'time-wait') enter(draft, 'closed');
  else if (phase === 'fin-wait-2') breakOff(draft, 'aborted');
  else retransmit(draft);
}

/** Whatever has to be acknowledged has a deadline, so no connection waits for an event that never comes. */
function setDeadline({ connection, now }: TcpDraft): void {
  const delay = waitingTime(connection);
  if (delay === undefined) connection.deadline = undefined;
  else connection.deadline ??= now + delay;
}

function waitingTime(connection: TcpConnection): Millis | undefined {
  if (isOver(connection.phase)) return undefined;
  if (connection.phase === 'time-wait') return TIME_WAIT;
  if (connection.phase === 'fin-wait-2') return connection.orphaned ? ORPHAN_WAIT : undefined;
  const unanswered = connection.phase === 'syn-received' || connection.outgoing.length > 0 || owesFin(connection);
  return unanswered ? connection.retransmissionTimeout : undefined;
}
