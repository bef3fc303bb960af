import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, distance } from './sequence.ts';
import { isOver, RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES, type TcpConnection, type TcpStep } from './tcp-connection.ts';
import { openTcp, stepTcp, type TcpEvent } from './tcp-machine.ts';
import { ACK, FIN, PSH, RST, SYN, sequenceLength, type TcpSegment } from './tcp-segment.ts';
import { MAX_ATTEMPTS } from './tcp-transmission.ts';

/** Both sides' numbers wrap around within the first few bytes. */
const GUEST = 0xffff_fffe;
const HARNESS = 0xffff_fffd;

const NO_BYTES = Buffer.alloc(0);
const syn: TcpSegment = {
  sequence: GUEST,
  acknowledgment: 0,
  flags: SYN,
  window: 20_000,
  mss: 1000,
  payload: NO_BYTES,
};

/** A segment of the guest; numbers count from the first byte of each side. */
function guestSegment(at: number, acknowledged: number, segment: Partial<TcpSegment> = {}): TcpSegment {
  return {
    sequence: advance(GUEST, 1 + at),
    acknowledgment: advance(HARNESS, 1 + acknowledged),
    flags: ACK,
    window: 20_000,
    payload: NO_BYTES,
    ...segment,
  };
}

/** A connection and all that came of it. */
class Scripted {
  connection: TcpConnection;
  unread = 0;
  now = 0;

  constructor(opening: TcpStep = openTcp(syn, HARNESS, 0)) {
    this.connection = opening.connection;
  }

  static established(): Scripted {
    const scripted = new Scripted();
    scripted.get(guestSegment(0, 0));
    return scripted;
  }

  apply(event: TcpEvent): TcpStep {
    const step = stepTcp(this.connection, event, { now: this.now, unread: this.unread });
    this.connection = step.connection;
    return step;
  }

  get(segment: TcpSegment): TcpStep {
    return this.apply({ kind: 'segment', segment });
  }

  write(bytes: number): TcpStep {
    return this.apply({ kind: 'write', bytes: Buffer.alloc(bytes, 'x') });
  }

  /** Lets the time pass up to the connection's deadline. */
  wait(): TcpStep {
    this.now = this.connection.deadline ?? this.now;
    return this.apply({ kind: 'tick' });
  }
}

/** `[first byte, length, flags]` of what was sent, counted as in {@link guestSegment}. */
const sent = (step: TcpStep) =>
  step.segments.map((segment) => [
    distance(advance(HARNESS, 1), segment.sequence),
    segment.payload.length,
    segment.flags & ~PSH,
  ]);
const acknowledged = (step: TcpStep) =>
  step.segments.map((segment) => distance(advance(GUEST, 1), segment.acknowledgment));

describe('opening', () => {
  test('a SYN is answered with a SYN of its own and the size of segment that fits', () => {
    const [answer] = openTcp(syn, HARNESS, 0).segments;
    expect(answer).toMatchObject({ sequence: HARNESS, acknowledgment: 0xffff_ffff, flags: SYN | ACK, mss: 1460 });
  });

  test('the acknowledgment of it establishes the connection, and brings its bytes', () => {
    const scripted = new Scripted();
    const step = scripted.get(guestSegment(0, 0, { payload: Buffer.from('early') }));
    expect(scripted.connection.phase).toBe('established');
    expect(step.bytes.toString()).toBe('early');
    expect(acknowledged(step)).toEqual([5]);
  });

  test('a repeated SYN is answered again', () => {
    const scripted = new Scripted();
    expect(sent(scripted.get(syn))).toEqual([[-1, 0, SYN | ACK]]);
    expect(scripted.connection.phase).toBe('syn-received');
  });

  test('an acknowledgment of something else is reset, and the connection waits on', () => {
    const scripted = new Scripted();
    expect(sent(scripted.get(guestSegment(0, 5)))).toEqual([[5, 0, RST]]);
    expect(scripted.connection.phase).toBe('syn-received');
  });

  test('an unanswered SYN is repeated, and given up in the end', () => {
    const scripted = new Scripted();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
      expect(sent(scripted.wait())).toEqual([[-1, 0, SYN | ACK]]);
    expect(scripted.wait().connection.phase).toBe('timed-out');
  });

  test.each([
    [undefined, 536],
    [1, 64],
    [9000, 1460],
  ])('a maximum segment size of %s is taken as %i', (mss, taken) => {
    const { mss: _, ...plain } = syn;
    expect(openTcp(mss === undefined ? plain : { ...plain, mss }, 0, 0).connection.mss).toBe(taken);
  });
});

describe('receiving', () => {
  test('bytes are delivered in order and acknowledged', () => {
    const scripted = Scripted.established();
    const first = scripted.get(guestSegment(0, 0, { payload: Buffer.from('one') }));
    const second = scripted.get(guestSegment(3, 0, { payload: Buffer.from('two') }));
    expect([first.bytes.toString(), second.bytes.toString()]).toEqual(['one', 'two']);
    expect([...acknowledged(first), ...acknowledged(second)]).toEqual([3, 6]);
  });

  test('what comes too early is not delivered, and the guest is told what is missing', () => {
    const step = Scripted.established().get(guestSegment(3, 0, { payload: Buffer.from('two') }));
    expect(step.bytes).toHaveLength(0);
    expect(acknowledged(step)).toEqual([0]);
  });

  test('what comes twice is delivered once', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { payload: Buffer.from('one') }));
    const again = scripted.get(guestSegment(0, 0, { payload: Buffer.from('one') }));
    expect(again.bytes).toHaveLength(0);
    expect(acknowledged(again)).toEqual([3]);
  });

  test('of a segment that overlaps, only what is new is delivered', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { payload: Buffer.from('one') }));
    expect(scripted.get(guestSegment(1, 0, { payload: Buffer.from('netwo') })).bytes.toString()).toBe('two');
  });

  test('a reader that does not read closes the window, and opening it is announced', () => {
    const scripted = Scripted.established();
    let at = 0;
    let window = RECEIVE_BUFFER_BYTES;
    while (window > 0) {
      const step = scripted.get(guestSegment(at, 0, { payload: Buffer.alloc(1460) }));
      at += step.bytes.length;
      scripted.unread += step.bytes.length;
      window = step.segments[0]?.window ?? 0;
    }
    expect(at).toBe(RECEIVE_BUFFER_BYTES);
    expect(scripted.get(guestSegment(at, 0, { payload: Buffer.alloc(1) })).bytes).toHaveLength(0);
    expect(scripted.apply({ kind: 'read' }).segments).toEqual([]);
    scripted.unread = 0;
    expect(scripted.apply({ kind: 'read' }).segments).toMatchObject([{ window: RECEIVE_BUFFER_BYTES }]);
  });

  test('a window is not opened by slivers', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { payload: Buffer.alloc(1000) }));
    scripted.unread = 1000 - 10;
    expect(scripted.get(guestSegment(-1, 0)).segments).toMatchObject([{ window: RECEIVE_BUFFER_BYTES - 1000 }]);
  });

  test('a FIN at a closed window is taken, and the connection goes on', () => {
    const scripted = Scripted.established();
    scripted.unread = RECEIVE_BUFFER_BYTES;
    scripted.connection = { ...scripted.connection, rcvEdge: scripted.connection.rcvNxt };
    expect(scripted.get(guestSegment(0, 0, { flags: FIN | ACK }))).toMatchObject({
      ended: true,
      segments: [{ window: 0 }],
    });
    scripted.write(5);
    expect(scripted.get(guestSegment(1, 5)).connection.outgoing).toHaveLength(0);
  });

  test('a probe of an open window, one byte before it, is answered', () => {
    expect(acknowledged(Scripted.established().get(guestSegment(-1, 0)))).toEqual([0]);
  });
});

describe('sending', () => {
  test('bytes go out in segments of the size that the guest takes', () => {
    expect(sent(Scripted.established().write(2500))).toEqual([
      [0, 1000, ACK],
      [1000, 1000, ACK],
      [2000, 500, ACK],
    ]);
  });

  test('no more is sent than the window allows, and the rest when it opens', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { window: 1500 }));
    expect(sent(scripted.write(4000))).toEqual([[0, 1000, ACK]]);
    expect(sent(scripted.get(guestSegment(0, 1000, { window: 2000 })))).toEqual([
      [1000, 1000, ACK],
      [2000, 1000, ACK],
    ]);
  });

  test('a closed window is probed with one byte until it opens, however long that takes', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { window: 0 }));
    expect(scripted.write(3000).segments).toEqual([]);
    for (let attempt = 0; attempt < 3 * MAX_ATTEMPTS; attempt++) {
      expect(sent(scripted.wait())).toEqual([[0, 1, ACK]]);
      expect(scripted.get(guestSegment(0, 0, { window: 0 })).segments).toEqual([]);
    }
    expect(sent(scripted.get(guestSegment(0, 0)))).toEqual([
      [0, 1000, ACK],
      [1000, 1000, ACK],
      [2000, 1000, ACK],
    ]);
  });

  test('what is not acknowledged is sent again, slower each time, and the connection given up in the end', () => {
    const scripted = Scripted.established();
    scripted.write(100);
    const waits: number[] = [];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = scripted.now;
      expect(sent(scripted.wait())).toEqual([[0, 100, ACK]]);
      waits.push(scripted.now - before);
    }
    expect(waits).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200, 30_000, 30_000, 30_000]);
    expect(sent(scripted.wait())).toEqual([[100, 0, RST | ACK]]);
    expect(scripted.connection).toMatchObject({ phase: 'timed-out', deadline: undefined });
  });

  test('the third repeated acknowledgment sends the missing segment at once', () => {
    const scripted = Scripted.established();
    scripted.write(6000);
    expect(scripted.get(guestSegment(0, 0)).segments).toEqual([]);
    expect(scripted.get(guestSegment(0, 0)).segments).toEqual([]);
    expect(sent(scripted.get(guestSegment(0, 0)))).toEqual([[0, 1000, ACK]]);
    // Those that follow belong to the same loss.
    for (let more = 0; more < 10; more++) expect(scripted.get(guestSegment(0, 0)).segments).toEqual([]);
  });

  test('an acknowledgment of what was sent before going back skips what need not be sent again', () => {
    const scripted = Scripted.established();
    scripted.write(3000);
    expect(sent(scripted.wait())).toEqual([[0, 1000, ACK]]);
    expect(scripted.get(guestSegment(0, 3000)).segments).toEqual([]);
    expect(sent(scripted.write(10))).toEqual([[3000, 10, ACK]]);
  });

  test('an acknowledgment of what was never sent is answered and changes nothing', () => {
    const scripted = Scripted.established();
    scripted.write(10);
    expect(sent(scripted.get(guestSegment(0, 11)))).toEqual([[10, 0, ACK]]);
    expect(scripted.connection.outgoing).toHaveLength(10);
  });

  test('nothing that waits for the guest is without a deadline', () => {
    const scripted = Scripted.established();
    expect(scripted.connection.deadline).toBeUndefined();
    scripted.write(10);
    expect(scripted.connection.deadline).toBe(300);
    scripted.now = 200;
    scripted.get(guestSegment(0, 4));
    expect(scripted.connection.deadline).toBe(500);
    scripted.get(guestSegment(0, 10));
    expect(scripted.connection.deadline).toBeUndefined();
  });
});

describe('closing', () => {
  test('a guest that ends first can still be written to', () => {
    const scripted = Scripted.established();
    const end = scripted.get(guestSegment(0, 0, { flags: FIN | ACK, payload: Buffer.from('bye') }));
    expect(end).toMatchObject({ ended: true, connection: { phase: 'close-wait' } });
    expect(acknowledged(end)).toEqual([4]);
    expect(sent(scripted.write(5))).toEqual([[0, 5, ACK]]);
    expect(sent(scripted.apply({ kind: 'end' }))).toEqual([[5, 0, FIN | ACK]]);
    expect(scripted.get(guestSegment(4, 6)).connection.phase).toBe('closed');
  });

  test('a service that ends first can still be written to', () => {
    const scripted = Scripted.established();
    scripted.write(5);
    expect(sent(scripted.apply({ kind: 'end' }))).toEqual([[5, 0, FIN | ACK]]);
    expect(scripted.get(guestSegment(0, 6)).connection.phase).toBe('fin-wait-2');
    expect(scripted.get(guestSegment(0, 6, { payload: Buffer.from('more') })).bytes.toString()).toBe('more');
    const end = scripted.get(guestSegment(4, 6, { flags: FIN | ACK }));
    expect(end).toMatchObject({ ended: true, connection: { phase: 'time-wait' } });
    expect(acknowledged(scripted.get(guestSegment(4, 6, { flags: FIN | ACK })))).toEqual([5]);
    expect(scripted.wait().connection.phase).toBe('closed');
  });

  test('both may end at the same time', () => {
    const scripted = Scripted.established();
    scripted.apply({ kind: 'end' });
    expect(scripted.get(guestSegment(0, 0, { flags: FIN | ACK })).connection.phase).toBe('closing');
    expect(scripted.get(guestSegment(1, 1)).connection.phase).toBe('time-wait');
  });

  test('the FIN waits for the bytes before it, and is sent again when it is lost', () => {
    const scripted = Scripted.established();
    scripted.get(guestSegment(0, 0, { window: 1000 }));
    scripted.write(1500);
    expect(scripted.apply({ kind: 'end' }).segments).toEqual([]);
    expect(sent(scripted.get(guestSegment(0, 1000)))).toEqual([[1000, 500, FIN | ACK]]);
    expect(sent(scripted.wait())).toEqual([[1000, 500, FIN | ACK]]);
  });

  test('a FIN that comes too early ends nothing', () => {
    const step = Scripted.established().get(guestSegment(3, 0, { flags: FIN | ACK }));
    expect(step).toMatchObject({ ended: false, connection: { phase: 'established' } });
  });

  test('bytes that nobody is left to read break the connection off', () => {
    const scripted = Scripted.established();
    scripted.apply({ kind: 'end' });
    scripted.apply({ kind: 'orphan' });
    const step = scripted.get(guestSegment(0, 1, { payload: Buffer.from('more') }));
    expect(step).toMatchObject({ connection: { phase: 'aborted' }, segments: [{ flags: RST | ACK }] });
  });

  test('a guest that never ends its side does not keep a connection that nobody reads', () => {
    const scripted = Scripted.established();
    scripted.apply({ kind: 'end' });
    scripted.get(guestSegment(0, 1));
    expect(scripted.connection).toMatchObject({ phase: 'fin-wait-2', deadline: undefined });
    scripted.apply({ kind: 'orphan' });
    expect(scripted.wait().connection.phase).toBe('aborted');
  });
});

describe('resets', () => {
  test('one with the very next number ends the connection', () => {
    const step = Scripted.established().get(guestSegment(0, 0, { flags: RST }));
    expect(step).toMatchObject({ connection: { phase: 'reset' }, segments: [] });
  });

  test('one with a number nearby is answered, not obeyed', () => {
    const step = Scripted.established().get(guestSegment(10, 0, { flags: RST }));
    expect(step).toMatchObject({ connection: { phase: 'established' }, segments: [{ flags: ACK }] });
  });

  test('one with a number outside of the window is ignored', () => {
    const step = Scripted.established().get(guestSegment(-10, 0, { flags: RST }));
    expect(step).toMatchObject({ connection: { phase: 'established' }, segments: [] });
  });

  test('a SYN in the middle of a connection is answered, not obeyed', () => {
    const step = Scripted.established().get({ ...syn, sequence: advance(GUEST, 50) });
    expect(step).toMatchObject({ connection: { phase: 'established' }, segments: [{ flags: ACK }] });
  });

  test('a connection that is over hears nothing', () => {
    const scripted = Scripted.established();
    scripted.apply({ kind: 'abort' });
    expect(scripted.get(guestSegment(0, 0, { payload: Buffer.from('x') }))).toMatchObject({
      segments: [],
      bytes: NO_BYTES,
    });
  });
});

test('whatever a guest sends, what is kept stays bounded, windows never shrink and time never runs out unseen', () => {
  const near = fc.integer({ min: -70_000, max: 70_000 });
  const segment = fc
    .record({
      at: near,
      acknowledged: near,
      flags: fc.oneof(fc.constant(ACK), fc.constant(ACK), fc.constant(FIN | ACK), fc.nat(63)),
      window: fc.oneof(fc.constant(0), fc.nat(65_535)),
      length: fc.nat(1460),
    })
    .map(({ at, acknowledged, flags, window, length }) =>
      guestSegment(at, acknowledged, { flags, window, payload: Buffer.alloc(length) }),
    );
  const next = fc.nat(1460).map((length) => ({ kind: 'next' as const, length }));
  const event = fc.oneof(
    segment.map((each) => ({ kind: 'segment' as const, segment: each })),
    next,
    fc.nat(SEND_BUFFER_BYTES).map((length) => ({ kind: 'write' as const, length })),
    fc.constantFrom('end' as const, 'read' as const, 'tick' as const, 'orphan' as const).map((kind) => ({ kind })),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const scripted = Scripted.established();
      for (const each of events) {
        const before = scripted.connection;
        const step = applyRandom(scripted, each);
        const { connection } = step;
        scripted.unread += step.bytes.length;
        expect(connection.outgoing.length).toBeLessThanOrEqual(SEND_BUFFER_BYTES);
        expect(scripted.unread).toBeLessThanOrEqual(RECEIVE_BUFFER_BYTES);
        expect(distance(before.rcvEdge, connection.rcvEdge)).toBeGreaterThanOrEqual(0);
        expect(distance(before.sndUna, connection.sndUna)).toBeGreaterThanOrEqual(0);
        expect(distance(connection.sndUna, connection.sndNxt)).toBeGreaterThanOrEqual(0);
        expect(distance(connection.sndNxt, connection.sndMax)).toBeGreaterThanOrEqual(0);
        const bytesSent = step.segments.reduce((sum, one) => sum + sequenceLength(one), 0);
        expect(bytesSent).toBeLessThanOrEqual(RECEIVE_BUFFER_BYTES + 1);
        if (connection.outgoing.length > 0) expect(connection.deadline).toBeDefined();
        if (isOver(connection.phase)) expect(connection.deadline).toBeUndefined();
      }
    }),
    { numRuns: 300 },
  );
});

type RandomEvent =
  | { readonly kind: 'segment'; readonly segment: TcpSegment }
  | { readonly kind: 'next' | 'write'; readonly length: number }
  | { readonly kind: 'end' | 'read' | 'tick' | 'orphan' };

function applyRandom(scripted: Scripted, event: RandomEvent): TcpStep {
  switch (event.kind) {
    case 'segment':
      return scripted.apply(event);
    case 'next': {
      const { rcvNxt, sndNxt } = scripted.connection;
      const payload = Buffer.alloc(event.length);
      return scripted.get({ sequence: rcvNxt, acknowledgment: sndNxt, flags: ACK, window: 9000, payload });
    }
    case 'write':
      return scripted.write(Math.min(event.length, SEND_BUFFER_BYTES - scripted.connection.outgoing.length));
    case 'tick':
      return scripted.wait();
    case 'read':
      scripted.unread = 0;
      return scripted.apply({ kind: 'read' });
    default:
      return scripted.apply({ kind: event.kind });
  }
}
