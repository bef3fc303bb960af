import type { Millis } from '../units.ts';
import { advance, distance } from './sequence.ts';
import { breakOff, owesFin, sendSegment, type TcpDraft } from './tcp-connection.ts';
import { ACK, FIN, MAX_SEGMENT_SIZE, PSH, SYN } from './tcp-segment.ts';

export const INITIAL_TIMEOUT: Millis = 300;
const MAX_TIMEOUT: Millis = 30_000;
/** With the timeouts doubling, two minutes without a sign of the guest: more than RFC 9293, 3.8.3, asks for. */
export const MAX_ATTEMPTS = 10;

/** Sends what the guest's window and the congestion window allow. */
export function transmit(draft: TcpDraft): void {
  const { connection } = draft;
  if (connection.phase === 'syn-received') return;
  for (;;) {
    const inFlight = distance(connection.sndUna, connection.sndNxt);
    const unsent = connection.outgoing.length - inFlight;
    const room = Math.min(connection.sndWnd, connection.congestionWindow) - inFlight;
    const size = Math.min(unsent, connection.mss, room);
    const fin = unsent >= 0 && size === unsent && room > size && owesFin(connection);
    if (size < 0 || (size === 0 && !fin)) return;
    // A sliver of a segment waits for a wider window, unless nothing is on its way that would bring one.
    if (size < connection.mss && size < unsent && inFlight > 0) return;
    sendNext(draft, size, fin);
  }
}

/** Sends again what the guest has not acknowledged in time, or gives up. */
export function retransmit(draft: TcpDraft): void {
  const { connection } = draft;
  if (connection.attempts >= MAX_ATTEMPTS) {
    breakOff(draft, 'timed-out');
    return;
  }
  connection.attempts += 1;
  connection.retransmissionTimeout = Math.min(MAX_TIMEOUT, connection.retransmissionTimeout * 2);
  connection.deadline = undefined;
  if (connection.phase === 'syn-received') {
    sendSynAck(draft);
  } else if (connection.sndWnd === 0) {
    // A probe: one sequence number beyond a closed window, so that the guest says when it has opened it.
    connection.sndNxt = connection.sndUna;
    const size = Math.min(1, connection.outgoing.length);
    sendNext(draft, size, size === 0 && owesFin(connection));
  } else {
    startOver(draft);
    transmit(draft);
  }
}

export function sendSynAck(draft: TcpDraft): void {
  sendSegment(draft, { sequence: draft.connection.sndUna, flags: SYN | ACK, mss: MAX_SEGMENT_SIZE });
}

/** Something was lost: go back to the first unacknowledged byte, and start slowly (RFC 5681, 3.1). */
export function startOver({ connection }: TcpDraft): void {
  const inFlight = distance(connection.sndUna, connection.sndMax);
  connection.slowStartThreshold = Math.max(Math.floor(inFlight / 2), 2 * connection.mss);
  connection.congestionWindow = connection.mss;
  connection.recover = connection.sndMax;
  connection.sndNxt = connection.sndUna;
  connection.duplicateAcks = 0;
}

function sendNext(draft: TcpDraft, size: number, fin: boolean): void {
  const { connection } = draft;
  const from = distance(connection.sndUna, connection.sndNxt);
  const payload = connection.outgoing.subarray(from, from + size);
  const push = size > 0 && from + size === connection.outgoing.length;
  sendSegment(draft, {
    sequence: connection.sndNxt,
    flags: ACK | (push ? PSH : 0) | (fin ? FIN : 0),
    payload,
  });
  connection.sndNxt = advance(connection.sndNxt, size + (fin ? 1 : 0));
  if (distance(connection.sndMax, connection.sndNxt) > 0) connection.sndMax = connection.sndNxt;
}
