import { advance, distance } from './sequence.ts';
import {
  acknowledge,
  breakOff,
  enter,
  RECEIVE_BUFFER_BYTES,
  type TcpConnection,
  type TcpDraft,
} from './tcp-connection.ts';
import { ACK, FIN, RST, resetFor, SYN, sequenceLength, type TcpSegment } from './tcp-segment.ts';
import { INITIAL_TIMEOUT, sendSynAck, startOver, transmit } from './tcp-transmission.ts';

/** RFC 5681, 3.2. */
const DUPLICATES_OF_A_LOSS = 3;

/** Takes in a segment, in the order of RFC 9293, 3.10.7.4. */
export function arrive(draft: TcpDraft, segment: TcpSegment): void {
  const { connection } = draft;
  if (isRepeatedSyn(connection, segment)) {
    sendSynAck(draft);
  } else if (!isAcceptable(connection, segment)) {
    if ((segment.flags & RST) === 0) acknowledge(draft);
  } else if ((segment.flags & RST) !== 0) {
    // A reset that is merely near is answered, not obeyed (RFC 5961, 3.2).
    if (segment.sequence === connection.rcvNxt) enter(draft, 'reset');
    else acknowledge(draft);
  } else if ((segment.flags & SYN) !== 0) {
    // A guest that started again answers this with a reset (RFC 5961, 4.2).
    acknowledge(draft);
  } else if ((segment.flags & ACK) !== 0 && takeAcknowledgment(draft, segment)) {
    const answerOwed = takeBytes(draft, segment);
    transmit(draft);
    if (answerOwed && draft.segments.length === 0) acknowledge(draft);
  }
}

function isRepeatedSyn({ phase, rcvNxt }: TcpConnection, { flags, sequence }: TcpSegment): boolean {
  return phase === 'syn-received' && (flags & (SYN | RST)) === SYN && distance(sequence, rcvNxt) === 1;
}

/** Whether a segment brings something new and begins no further than the window, whose edge an empty one may touch. */
function isAcceptable({ rcvNxt, rcvEdge }: TcpConnection, segment: TcpSegment): boolean {
  const length = sequenceLength(segment);
  const repeated = distance(segment.sequence, rcvNxt);
  return (length === 0 ? repeated <= 0 : repeated < length) && distance(segment.sequence, rcvEdge) >= 0;
}

/** Whether the rest of the segment is to be looked at. */
function takeAcknowledgment(draft: TcpDraft, segment: TcpSegment): boolean {
  const { connection } = draft;
  const { acknowledgment } = segment;
  if (connection.phase === 'syn-received') {
    if (acknowledgment !== connection.sndNxt) {
      draft.segments.push(resetFor(segment));
      return false;
    }
    connection.sndUna = acknowledgment;
    enter(draft, 'established');
  }
  if (distance(connection.sndMax, acknowledgment) > 0) {
    acknowledge(draft);
    return false;
  }
  const progress = distance(connection.sndUna, acknowledgment);
  if (progress < 0) return true;
  connection.attempts = 0;
  if (progress > 0) release(draft, progress);
  else if (isDuplicate(connection, segment)) countDuplicate(draft);
  takeWindow(draft, segment);
  return true;
}

/** Forgets what the guest has acknowledged. */
function release(draft: TcpDraft, progress: number): void {
  const { connection } = draft;
  // The FIN has the sequence number after the last byte.
  const finAcknowledged = progress > connection.outgoing.length;
  connection.outgoing = connection.outgoing.subarray(Math.min(progress, connection.outgoing.length));
  connection.sndUna = advance(connection.sndUna, progress);
  if (distance(connection.sndNxt, connection.sndUna) > 0) connection.sndNxt = connection.sndUna;
  connection.duplicateAcks = 0;
  connection.retransmissionTimeout = INITIAL_TIMEOUT;
  connection.deadline = undefined;
  const { congestionWindow, slowStartThreshold, mss } = connection;
  const growth =
    congestionWindow < slowStartThreshold ? Math.min(progress, mss) : Math.ceil((mss * mss) / congestionWindow);
  connection.congestionWindow = Math.min(congestionWindow + growth, RECEIVE_BUFFER_BYTES);
  if (finAcknowledged) enterAfterFin(draft);
}

function enterAfterFin(draft: TcpDraft): void {
  const { phase } = draft.connection;
  if (phase === 'fin-wait-1') enter(draft, 'fin-wait-2');
  else if (phase === 'closing') enter(draft, 'time-wait');
  else if (phase === 'last-ack') enter(draft, 'closed');
}

/** Whether something sent later seems to have arrived. The answers to probes of a closed window say nothing of the kind. */
function isDuplicate({ sndUna, sndMax, sndWnd }: TcpConnection, segment: TcpSegment): boolean {
  return sndWnd > 0 && sndUna !== sndMax && sequenceLength(segment) === 0 && segment.window === sndWnd;
}

function countDuplicate(draft: TcpDraft): void {
  const { connection } = draft;
  connection.duplicateAcks += 1;
  const repairing = distance(connection.recover, connection.sndUna) < 0;
  if (connection.duplicateAcks === DUPLICATES_OF_A_LOSS && !repairing) startOver(draft);
}

function takeWindow({ connection }: TcpDraft, { sequence, acknowledgment, window }: TcpSegment): void {
  const newer = distance(connection.sndWl1, sequence);
  if (newer < 0 || (newer === 0 && distance(connection.sndWl2, acknowledgment) < 0)) return;
  if (connection.sndWnd === 0 && window > 0) {
    // Whatever was sent to probe a closed window has most likely been thrown away.
    connection.sndNxt = connection.sndUna;
    connection.retransmissionTimeout = INITIAL_TIMEOUT;
    connection.deadline = undefined;
  }
  connection.sndWnd = window;
  connection.sndWl1 = sequence;
  connection.sndWl2 = acknowledgment;
}

/** Takes in what comes next in order; what comes too early is left for the guest to send again. Whether to answer. */
function takeBytes(draft: TcpDraft, segment: TcpSegment): boolean {
  const { connection } = draft;
  const { phase } = connection;
  if (sequenceLength(segment) === 0) return false;
  if (phase !== 'established' && phase !== 'fin-wait-1' && phase !== 'fin-wait-2') return true;
  const repeated = distance(segment.sequence, connection.rcvNxt);
  if (repeated < 0) return true;

  const room = Math.max(0, distance(connection.rcvNxt, connection.rcvEdge));
  const fresh = segment.payload.subarray(repeated, repeated + room);
  if (fresh.length > 0 && connection.orphaned) {
    breakOff(draft, 'aborted');
    return false;
  }
  draft.bytes = fresh;
  connection.rcvNxt = advance(connection.rcvNxt, fresh.length);
  connection.unread += fresh.length;
  const finAt = advance(segment.sequence, segment.payload.length);
  if ((segment.flags & FIN) !== 0 && connection.rcvNxt === finAt) takeFin(draft, phase);
  return true;
}

function takeFin(draft: TcpDraft, phase: 'established' | 'fin-wait-1' | 'fin-wait-2'): void {
  const { connection } = draft;
  draft.ended = true;
  connection.rcvNxt = advance(connection.rcvNxt, 1);
  if (distance(connection.rcvEdge, connection.rcvNxt) > 0) connection.rcvEdge = connection.rcvNxt;
  enter(draft, ({ established: 'close-wait', 'fin-wait-1': 'closing', 'fin-wait-2': 'time-wait' } as const)[phase]);
}
