import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { GUEST_MAC, GuestClient, type GuestClientOptions, GuestPeer } from '../testing/network/guest-peer.ts';
import { ManualClock, runUntil, settle } from '../testing/network/manual-clock.ts';
import { type Losses, MemoryLink, NO_LOSSES } from '../testing/network/memory-link.ts';
import { BROADCAST_MAC, SERVICE_MAC } from './addresses.ts';
import { decodeEthernet, encodeEthernet } from './ethernet.ts';
import { encodeIpv4 } from './ipv4.ts';
import { ServiceHost } from './service-host.ts';
import { patternChunks, standardServices } from './services.ts';
import { ACK, decodeTcp, RST, SYN } from './tcp-segment.ts';
import { decodeUdp, encodeUdp } from './udp.ts';

const hosts: ServiceHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host[Symbol.asyncDispose]();
});

function network(losses: Losses = NO_LOSSES, services = standardServices()) {
  const clock = new ManualClock();
  const link = new MemoryLink(losses);
  const host = new ServiceHost(link.stream, { services, clock });
  hosts.push(host);
  return { clock, link, host, guest: new GuestPeer(link) };
}

/** What a client gets back, once both sides have ended and no timer of the host is left. */
async function exchange(losses: Losses, options: Omit<GuestClientOptions, 'clock'>): Promise<Buffer> {
  const { clock, guest, host } = network(losses);
  const client = new GuestClient(guest, { ...options, clock });
  await runUntil(clock, () => client.done);
  while (clock.runNext()) await settle();
  await host[Symbol.asyncDispose]();
  expect(client.reset).toBe(false);
  return Buffer.concat(client.received);
}

function pattern(length: number, seed: number): Buffer {
  const block = createHash('sha256').update(`${seed}`).digest();
  return Buffer.alloc(length, Buffer.concat([block, Buffer.from([seed & 0xff])]));
}

describe('TCP', () => {
  test('bytes arrive whole in both directions', async () => {
    const sends = pattern(300_000, 1);
    expect((await exchange(NO_LOSSES, { port: 7, sends })).equals(sends)).toBe(true);
  });

  test('bytes arrive whole in both directions whatever the wire drops and doubles', async () => {
    const losses = fc.record({
      seed: fc.integer(),
      dropped: fc.double({ min: 0, max: 0.25, noNaN: true }),
      doubled: fc.double({ min: 0, max: 0.25, noNaN: true }),
    });
    const length = fc.nat(40_000);
    const mss = fc.constantFrom(100, 536, 1460);
    await fc.assert(
      fc.asyncProperty(
        losses,
        length,
        mss,
        fc.integer({ min: 0, max: 0xffff_ffff }),
        async (wire, size, mss, initial) => {
          const sends = pattern(size, wire.seed);
          expect((await exchange(wire, { port: 7, sends, mss, initial })).equals(sends)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  test('a guest with little room that never announces more is asked, and gets everything', async () => {
    const sends = Buffer.from('GET /bytes/20000 HTTP/1.1\r\nHost: harness\r\nConnection: close\r\n\r\n');
    const slow = { port: 80, sends, receiveBuffer: 2000, readsAtOnce: 700 };
    const response = await exchange({ seed: 3, dropped: 0.05, doubled: 0.05 }, slow);
    expect(bodyOf(response).equals(Buffer.concat([...patternChunks(20_000)]))).toBe(true);
  });

  test('two addresses of the host refuse what the third one serves', async () => {
    const { guest } = network();
    for (const destination of ['10.0.2.2', '10.0.2.3']) {
      const syn = { sequence: 5, acknowledgment: 0, flags: SYN, window: 1000, payload: Buffer.alloc(0) };
      guest.sendSegment(syn, { sourcePort: 1000, destinationPort: 7 }, destination);
      await settle();
      const answer = guest.packets.pop();
      expect(answer?.source).toBe(destination);
      expect(answer && decodeTcp(answer)).toMatchObject({ flags: RST | ACK, acknowledgment: 6 });
    }
  });
});

function bodyOf(response: Buffer): Buffer {
  return response.subarray(response.indexOf('\r\n\r\n') + 4);
}

describe('HTTP', () => {
  const get = async (path: string, method = 'GET', losses = NO_LOSSES) => {
    const sends = Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: harness\r\nConnection: close\r\n\r\n`);
    return exchange(losses, { port: 80, sends });
  };

  test('/hello says hello', async () => {
    const response = await get('/hello');
    expect(response.toString()).toMatch(/^HTTP\/1\.1 200 /);
    expect(bodyOf(response).toString()).toBe('hello from the harness\n');
  });

  test('/bytes/N is N bytes, also over a bad wire and to a guest that ends its side after the request', async () => {
    const response = await get('/bytes/150000', 'GET', { seed: 11, dropped: 0.03, doubled: 0.03 });
    expect(bodyOf(response).equals(Buffer.concat([...patternChunks(150_000)]))).toBe(true);
  });

  test.each(['/', '/bytes/', '/bytes/-1', '/bytes/16777217', '/bytes/9999999999', '/hello/'])(
    '%s is not found',
    async (path) => {
      expect((await get(path)).toString()).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  test('nothing can be posted', async () => {
    expect((await get('/hello', 'POST')).toString()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('what is not HTTP is answered as such', async () => {
    const response = await exchange(NO_LOSSES, { port: 80, sends: Buffer.from('\0\0\0\0\r\n\r\n') });
    expect(response.toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a port cannot be both TCP and HTTP', () => {
    const services = { tcp: { 80: () => {} }, http: { 80: () => {} } };
    expect(() => new ServiceHost(new MemoryLink().stream, { services })).toThrow(DeclarationError);
  });
});

describe('UDP', () => {
  const guestAddress = '10.0.2.15';

  async function ask(destination: string, destinationPort: number, payload: Buffer, services = standardServices()) {
    const { guest } = network(NO_LOSSES, services);
    guest.sendPacket(encodeUdp({ sourcePort: 3000, destinationPort, payload }, { source: guestAddress, destination }));
    await settle();
    return guest.packets;
  }

  test('a datagram is echoed', async () => {
    const [answer] = await ask('10.0.2.100', 7, pattern(1472, 5));
    expect(answer).toMatchObject({ source: '10.0.2.100', destination: guestAddress });
    expect(answer && decodeUdp(answer)).toEqual({ sourcePort: 7, destinationPort: 3000, payload: pattern(1472, 5) });
  });

  test('a port without a service is refused', async () => {
    const [answer] = await ask('10.0.2.100', 9, Buffer.from('x'));
    expect(answer).toMatchObject({ source: '10.0.2.100', protocol: 1 });
    expect(answer?.payload.subarray(0, 2)).toEqual(Buffer.from([3, 3]));
  });

  test('an address beyond this network is refused by the gateway', async () => {
    const [answer] = await ask('8.8.8.8', 53, Buffer.from('x'));
    expect(answer).toMatchObject({ source: '10.0.2.2', protocol: 1 });
    expect(answer?.payload.subarray(0, 2)).toEqual(Buffer.from([3, 13]));
  });

  test('the services have a name', async () => {
    const [answer] = await ask(
      '10.0.2.3',
      53,
      Buffer.from('118201000001000000000000076861726e6573730000010001', 'hex'),
    );
    expect(answer && decodeUdp(answer)?.payload.subarray(-4)).toEqual(Buffer.from([10, 0, 2, 100]));
  });

  test('an answer that fits in no frame is lost', async () => {
    expect(await ask('10.0.2.100', 7, Buffer.from('x'), { udp: { 7: () => new Uint8Array(1473) } })).toEqual([]);
  });

  test('a service may keep silent', async () => {
    expect(await ask('10.0.2.100', 7, Buffer.from('x'), { udp: { 7: () => undefined } })).toEqual([]);
  });
});

describe('the link', () => {
  const ping = Buffer.from(`08004197006100005b075b00${'00'.repeat(52)}`, 'hex');

  async function answersPing({ guest }: Pick<ReturnType<typeof network>, 'guest'>, destination: string) {
    guest.packets.length = 0;
    guest.sendPacket({ source: '10.0.2.15', destination, protocol: 1, payload: ping });
    await settle();
    return guest.packets.some(({ source, payload }) => source === destination && payload[0] === 0);
  }

  test.each(['10.0.2.2', '10.0.2.3', '10.0.2.100'])('%s answers a ping', async (address) => {
    expect(await answersPing(network(), address)).toBe(true);
  });

  test('an address that nobody has does not answer a ping', async () => {
    expect(await answersPing(network(), '10.0.2.50')).toBe(false);
  });

  test('a client without an address is offered one', async () => {
    const { link, guest } = network();
    const bootp = `01010600000000010000000000000000${'00'.repeat(12)}525400123456${'00'.repeat(202)}`;
    const discover = Buffer.from(`${bootp}63825363350101ff`, 'hex');
    const packet = encodeUdp(
      { sourcePort: 68, destinationPort: 67, payload: discover },
      { source: '0.0.0.0', destination: '255.255.255.255' },
    );
    guest.sendPacket(packet);
    await settle();
    const [answer] = guest.packets;
    expect(answer).toMatchObject({ source: '10.0.2.2', destination: '255.255.255.255' });
    expect(answer && decodeUdp(answer)?.payload.subarray(16, 20)).toEqual(Buffer.from([10, 0, 2, 15]));
    expect(link.stream.destroyed).toBe(false);
  });

  test.each([
    ['an address of the host itself', '10.0.2.100', SERVICE_MAC],
    ['a group', '224.0.0.1', SERVICE_MAC],
    ['nobody', '0.0.0.0', SERVICE_MAC],
    ['the guest, to everybody', '10.0.2.15', BROADCAST_MAC],
  ])('a packet from %s gets no answer', async (_name, source, destination) => {
    const { guest, link } = network();
    const packet = encodeIpv4({ source, destination: '10.0.2.100', protocol: 1, payload: ping });
    link.send(encodeEthernet({ source: GUEST_MAC, destination, etherType: 0x0800, payload: packet }));
    await settle();
    expect(guest.packets).toEqual([]);
  });

  test('a frame for another machine gets no answer, and a short one is padded', async () => {
    const { link } = network();
    const frames: Buffer[] = [];
    link.onFrame = (frame) => frames.push(frame);
    const request = Buffer.from('00010800060400015254001234560a00020f0000000000000a000264', 'hex');
    const arp = { source: GUEST_MAC, etherType: 0x0806, payload: request };
    link.send(encodeEthernet({ ...arp, destination: '52:54:00:00:00:09' }));
    link.send(encodeEthernet({ ...arp, destination: BROADCAST_MAC }));
    await settle();
    expect(frames).toHaveLength(1);
    expect(frames[0]).toHaveLength(60);
    expect(frames[0] && decodeEthernet(frames[0])).toMatchObject({ destination: GUEST_MAC, source: SERVICE_MAC });
  });

  test('arbitrary bytes in every layer are survived, and cost nothing that is kept', async () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each));
    const ethernet = { source: GUEST_MAC, destination: SERVICE_MAC };
    const frame = fc.oneof(
      bytes,
      fc
        .tuple(fc.constantFrom(0x0800, 0x0806, 0x86dd), bytes)
        .map(([etherType, payload]) => encodeEthernet({ ...ethernet, etherType, payload })),
    );
    const packet = fc.record({
      source: fc.oneof(fc.constant('10.0.2.15'), fc.ipV4()),
      destination: fc.constantFrom('10.0.2.2', '10.0.2.3', '10.0.2.100', '255.255.255.255', '9.9.9.9'),
      protocol: fc.constantFrom(1, 6, 17, 99),
      payload: bytes,
    });
    const port = fc.constantFrom(7, 53, 67, 80);
    const datagram = fc
      .tuple(port, bytes, packet)
      .map(([destinationPort, payload, to]) => encodeUdp({ sourcePort: 1, destinationPort, payload }, to));
    await fc.assert(
      fc.asyncProperty(fc.array(frame), fc.array(fc.oneof(packet, datagram)), bytes, async (frames, packets, tail) => {
        const net = network();
        for (const each of frames) net.link.send(each);
        for (const each of packets) net.guest.sendPacket(each);
        expect(await answersPing(net, '10.0.2.100')).toBe(true);
        expect(net.clock.pending).toBe(0);
        net.link.sendRaw(tail);
        await net.host[Symbol.asyncDispose]();
      }),
      { numRuns: 50 },
    );
  });

  test('disposing closes the link and leaves no timer, also in the middle of a transfer', async () => {
    const { clock, guest, host, link } = network();
    const client = new GuestClient(guest, { clock, port: 7, sends: pattern(500_000, 2) });
    await settle();
    await host[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    expect(link.stream.closed).toBe(true);
    expect(client.done).toBe(false);
    // The one that is left is the guest's own.
    expect(clock.pending).toBe(1);
  });

  test('a machine that dies in the middle of a transfer takes its connections along', async () => {
    const { clock, guest, link } = network();
    new GuestClient(guest, { clock, port: 7, sends: pattern(500_000, 2) });
    await settle();
    link.stream.destroy(new Error('read ECONNRESET'));
    await settle();
    expect(clock.pending).toBe(1);
  });
});
