import { GUEST_NETWORK, type Ipv4Address, SERVICE_MAC } from '../../network/addresses.ts';
import { decodeEthernet, ETHER_TYPE, encodeEthernet } from '../../network/ethernet.ts';
import { decodeIpv4, encodeIpv4, type Ipv4Packet } from '../../network/ipv4.ts';
import { decodeTcp, encodeTcp, type TcpPorts, type TcpSegment } from '../../network/tcp-segment.ts';
import type { ManualClock } from './manual-clock.ts';
import type { MemoryLink } from './memory-link.ts';

export const GUEST_MAC = '52:54:00:12:34:56';

/** A guest on a link: wraps what it sends and unwraps what it gets. */
export class GuestPeer {
  readonly link: MemoryLink;
  /** Every packet that came, unless a client took it. */
  readonly packets: Ipv4Packet[] = [];
  readonly clients = new Map<number, GuestClient>();

  constructor(link: MemoryLink) {
    this.link = link;
    link.onFrame = (bytes) => this.#receive(bytes);
  }

  sendPacket(packet: Ipv4Packet): void {
    const addresses = { source: GUEST_MAC, destination: SERVICE_MAC };
    this.link.send(encodeEthernet({ ...addresses, etherType: ETHER_TYPE.ipv4, payload: encodeIpv4(packet) }));
  }

  sendSegment(segment: TcpSegment, ports: TcpPorts, destination: Ipv4Address = GUEST_NETWORK.services): void {
    this.sendPacket(encodeTcp(segment, ports, { source: GUEST_NETWORK.guest, destination }));
  }

  #receive(bytes: Buffer): void {
    const frame = decodeEthernet(bytes);
    const packet = frame?.etherType === ETHER_TYPE.ipv4 ? decodeIpv4(frame.payload) : undefined;
    if (!packet) return;
    const segment = decodeTcp(packet);
    const client = segment && this.clients.get(segment.destinationPort);
    if (client) client.receive(segment);
    else this.packets.push(packet);
  }
}

export interface GuestClientOptions {
  readonly clock: ManualClock;
  readonly port: number;
  readonly sends: Buffer;
  readonly localPort?: number;
  /** The first sequence number. */
  readonly initial?: number;
  /** Room for what is not read yet. It never announces that it has room again: it waits to be asked. */
  readonly receiveBuffer?: number;
  /** Bytes it reads at each of its timers. */
  readonly readsAtOnce?: number;
  readonly mss?: number;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;
const RESEND_AFTER = 450;
const IN_FLIGHT = 8;

/**
 * A client written for one purpose: sends everything, then its FIN, and collects what comes until the other's. It goes
 * back to the first unacknowledged byte at every timer and keeps nothing that comes out of order.
 */
export class GuestClient {
  readonly received: Buffer[] = [];
  reset = false;
  readonly #peer: GuestPeer;
  readonly #options: Required<GuestClientOptions>;
  #established = false;
  #acknowledged = 0;
  #next = 0;
  #unread = 0;
  #rcvNxt = 0;
  #finReceived = false;
  #finAcknowledged = false;
  #window = 0;

  constructor(peer: GuestPeer, options: GuestClientOptions) {
    this.#peer = peer;
    this.#options = {
      localPort: 40_000,
      initial: 0xffff_fff0,
      receiveBuffer: 65_535,
      readsAtOnce: 65_535,
      mss: 1460,
      ...options,
    };
    peer.clients.set(this.#options.localPort, this);
    this.#work();
  }

  get done(): boolean {
    return this.reset || (this.#finReceived && this.#finAcknowledged);
  }

  receive(segment: TcpSegment): void {
    if ((segment.flags & RST) !== 0) {
      // Once both sides have ended, a reset answers what was sent twice, and means nothing (RFC 1337).
      this.reset ||= !this.done;
    } else if (!this.#established) {
      if ((segment.flags & SYN) === 0) return;
      this.#rcvNxt = (segment.sequence + 1) >>> 0;
      this.#established = true;
      this.#window = segment.window;
      this.#transmit();
      this.#send(ACK);
    } else {
      this.#takeAcknowledgment(segment);
      this.#takeBytes(segment);
    }
  }

  #takeAcknowledgment({ acknowledgment, window }: TcpSegment): void {
    const offset = (acknowledgment - this.#options.initial - 1) >>> 0;
    const { length } = this.#options.sends;
    if (offset > length + 1 || offset < this.#acknowledged) return;
    this.#window = window;
    this.#finAcknowledged = offset === length + 1;
    this.#acknowledged = Math.min(offset, length);
    this.#next = Math.max(this.#next, this.#acknowledged);
    this.#transmit();
  }

  #takeBytes({ sequence, payload, flags }: TcpSegment): void {
    const repeated = (this.#rcvNxt - sequence) | 0;
    if (payload.length > 0 && repeated >= 0) {
      const fresh = payload.subarray(repeated, repeated + this.#room);
      this.received.push(fresh);
      this.#unread += fresh.length;
      this.#rcvNxt = (this.#rcvNxt + fresh.length) >>> 0;
    }
    if ((flags & FIN) !== 0 && this.#rcvNxt === (sequence + payload.length) >>> 0 && !this.#finReceived) {
      this.#finReceived = true;
      this.#rcvNxt = (this.#rcvNxt + 1) >>> 0;
    }
    if (payload.length > 0 || (flags & (FIN | SYN)) !== 0) this.#send(ACK);
  }

  get #room(): number {
    return this.#options.receiveBuffer - this.#unread;
  }

  #work(): void {
    if (this.done) return;
    this.#unread = Math.max(0, this.#unread - this.#options.readsAtOnce);
    this.#next = this.#acknowledged;
    if (this.#established) this.#transmit();
    else this.#send(SYN);
    this.#options.clock.after(RESEND_AFTER, () => this.#work());
  }

  #transmit(): void {
    const { sends, mss } = this.#options;
    const end = this.#acknowledged + Math.min(this.#window, IN_FLIGHT * mss);
    while (this.#next < Math.min(sends.length, end)) {
      const payload = sends.subarray(this.#next, Math.min(this.#next + mss, end));
      this.#send(ACK, payload);
      this.#next += payload.length;
    }
    if (this.#next === sends.length && !this.#finAcknowledged) this.#send(FIN | ACK);
  }

  #send(flags: number, payload: Buffer = Buffer.alloc(0)): void {
    const { localPort, port, initial, mss } = this.#options;
    const opening = (flags & SYN) !== 0;
    const fin = (flags & FIN) !== 0;
    const pure = payload.length === 0 && !opening && !fin;
    const offset = pure ? this.#next + (this.#finAcknowledged ? 1 : 0) : this.#next;
    this.#peer.sendSegment(
      {
        sequence: opening ? initial : (initial + 1 + offset) >>> 0,
        acknowledgment: opening ? 0 : this.#rcvNxt,
        flags,
        window: this.#room,
        ...(opening ? { mss } : {}),
        payload,
      },
      { sourcePort: localPort, destinationPort: port },
    );
  }
}
