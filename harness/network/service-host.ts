import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  BROADCAST_ADDRESS,
  BROADCAST_MAC,
  GUEST_NETWORK,
  type Ipv4Address,
  isUnicast,
  type MacAddress,
  SERVICE_MAC,
} from './addresses.ts';
import { answerArp } from './arp.ts';
import { type Clock, hostClock } from './clock.ts';
import { answerDhcp, DHCP_PORT } from './dhcp.ts';
import { answerDns, DNS_PORT } from './dns.ts';
import { decodeEthernet, ETHER_TYPE, type EthernetFrame, encodeEthernet } from './ethernet.ts';
import { FrameDecoder, sendFrame } from './frames.ts';
import { answerIcmp, UNREACHABLE, unreachable } from './icmp.ts';
import { decodeIpv4, encodeIpv4, type Ipv4Packet, PROTOCOL } from './ipv4.ts';
import { listenersOf } from './listeners.ts';
import type { NetworkServices } from './services.ts';
import { decodeTcp, encodeTcp } from './tcp-segment.ts';
import { TcpServer } from './tcp-server.ts';
import { decodeUdp, encodeUdp, MAX_UDP_PAYLOAD } from './udp.ts';

export interface ServiceHostOptions {
  readonly services: NetworkServices;
  /** Where the services are; `10.0.2.100` unless given. */
  readonly address?: Ipv4Address;
  readonly mac?: MacAddress;
  readonly clock?: Clock;
}

/** Names that the guest can look up; both are the address of the services. */
const SERVICE_NAMES = ['harness', 'harness.internal'];

/**
 * All there is on a guest's network besides the guest: a host that offers services, gives the guest its address by
 * DHCP, resolves its own name, and answers pings. As the gateway it refuses to forward anything, and says so.
 *
 * It takes over `link`, the other end of QEMU's `-netdev socket`, and closes it when disposed. A guest can send
 * whatever it likes: what cannot be understood is ignored, and what is kept on its behalf is bounded.
 */
export class ServiceHost {
  readonly #link: Duplex;
  readonly #services: NetworkServices;
  readonly #address: Ipv4Address;
  readonly #mac: MacAddress;
  readonly #own: ReadonlySet<Ipv4Address>;
  readonly #names: Readonly<Record<string, Ipv4Address>>;
  /** One for each of its own addresses; only that of the services listens. */
  readonly #tcp: ReadonlyMap<Ipv4Address, TcpServer>;
  readonly #decoder = new FrameDecoder();

  /** @throws DeclarationError when two services want one port. */
  constructor(link: Duplex, options: ServiceHostOptions) {
    this.#link = link;
    this.#services = options.services;
    this.#address = options.address ?? GUEST_NETWORK.services;
    this.#mac = options.mac ?? SERVICE_MAC;
    this.#own = new Set([this.#address, GUEST_NETWORK.gateway, GUEST_NETWORK.resolver]);
    this.#names = Object.fromEntries(SERVICE_NAMES.map((name) => [name, this.#address]));
    const listeners = listenersOf(options.services);
    const clock = options.clock ?? hostClock;
    this.#tcp = new Map(
      Array.from(this.#own, (source) => [
        source,
        new TcpServer({
          listeners: source === this.#address ? listeners : new Map(),
          clock,
          send: (segment, ports, to) =>
            this.#sendPacket(to.mac, encodeTcp(segment, ports, { source, destination: to.address })),
        }),
      ]),
    );
    link.on('data', (chunk: Buffer) => {
      for (const frame of this.#decoder.decode(chunk)) this.#receive(frame);
    });
    // A machine that dies takes its end of the link along; that is for the machine's owner to judge, not for a service.
    link.on('error', () => {});
    link.on('close', () => this.#breakOff());
  }

  /** Breaks off every connection and closes the link. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#breakOff();
    if (this.#link.closed) return;
    const closed = once(this.#link, 'close');
    this.#link.destroy();
    await closed;
  }

  #breakOff(): void {
    for (const server of this.#tcp.values()) server.dispose();
  }

  #receive(bytes: Buffer): void {
    const frame = decodeEthernet(bytes);
    if (!frame || frame.source === this.#mac) return;
    const broadcast = frame.destination === BROADCAST_MAC;
    if (!broadcast && frame.destination !== this.#mac) return;
    if (frame.etherType === ETHER_TYPE.arp) {
      const reply = answerArp(frame.payload, this.#own, this.#mac);
      if (reply) this.#sendTo(frame.source, ETHER_TYPE.arp, reply);
    } else if (frame.etherType === ETHER_TYPE.ipv4) {
      const packet = decodeIpv4(frame.payload);
      if (packet) this.#receivePacket(packet, frame);
    }
  }

  #receivePacket(packet: Ipv4Packet, frame: EthernetFrame): void {
    if (packet.protocol === PROTOCOL.udp && this.#serveDhcp(packet, frame.source)) return;
    // Nothing else is broadcast, and an answer needs somebody to go to.
    if (frame.destination === BROADCAST_MAC || !isUnicast(packet.source) || this.#own.has(packet.source)) return;
    if (!this.#own.has(packet.destination)) this.#refuse(packet, frame.source, UNREACHABLE.prohibited);
    else if (packet.protocol === PROTOCOL.icmp) this.#serveEcho(packet, frame.source);
    else if (packet.protocol === PROTOCOL.udp) this.#serveDatagram(packet, frame.source);
    else if (packet.protocol === PROTOCOL.tcp) this.#serveSegment(packet, frame.source);
  }

  /** Whether the packet was for the DHCP server. */
  #serveDhcp(packet: Ipv4Packet, client: MacAddress): boolean {
    if (packet.destination !== BROADCAST_ADDRESS && packet.destination !== GUEST_NETWORK.gateway) return false;
    const datagram = decodeUdp(packet);
    if (datagram?.destinationPort !== DHCP_PORT.server) return false;
    const answer = answerDhcp(datagram.payload, {
      client: GUEST_NETWORK.guest,
      server: GUEST_NETWORK.gateway,
      netmask: GUEST_NETWORK.netmask,
      gateway: GUEST_NETWORK.gateway,
      resolver: GUEST_NETWORK.resolver,
    });
    if (!answer) return true;
    const addresses = { source: GUEST_NETWORK.gateway, destination: answer.to ?? BROADCAST_ADDRESS };
    const ports = { sourcePort: DHCP_PORT.server, destinationPort: DHCP_PORT.client };
    this.#sendPacket(answer.to ? client : BROADCAST_MAC, encodeUdp({ ...ports, payload: answer.message }, addresses));
    return true;
  }

  #serveEcho(packet: Ipv4Packet, to: MacAddress): void {
    const reply = answerIcmp(packet.payload);
    if (reply) this.#answer(packet, to, reply);
  }

  #serveDatagram(packet: Ipv4Packet, to: MacAddress): void {
    const datagram = decodeUdp(packet);
    if (!datagram) return;
    const service = this.#udpServiceOf(packet.destination, datagram.destinationPort);
    if (!service) {
      this.#refuse(packet, to, UNREACHABLE.port);
      return;
    }
    const answer = service(datagram.payload);
    if (!answer || answer.length > MAX_UDP_PAYLOAD) return;
    const ports = { sourcePort: datagram.destinationPort, destinationPort: datagram.sourcePort };
    const addresses = { source: packet.destination, destination: packet.source };
    this.#sendPacket(to, encodeUdp({ ...ports, payload: Buffer.from(answer) }, addresses));
  }

  #udpServiceOf(address: Ipv4Address, port: number): ((datagram: Buffer) => Uint8Array | undefined) | undefined {
    if (address === GUEST_NETWORK.resolver && port === DNS_PORT) return (query) => answerDns(query, this.#names);
    return address === this.#address ? this.#services.udp?.[port] : undefined;
  }

  #serveSegment(packet: Ipv4Packet, from: MacAddress): void {
    const segment = decodeTcp(packet);
    if (!segment) return;
    this.#tcp.get(packet.destination)?.receive(segment, { mac: from, address: packet.source });
  }

  /** Tells the guest that a packet went nowhere; never about ICMP, which could answer back (RFC 1122, 3.2.2). */
  #refuse(packet: Ipv4Packet, to: MacAddress, code: number): void {
    if (packet.protocol === PROTOCOL.icmp) return;
    const source = this.#own.has(packet.destination) ? packet.destination : GUEST_NETWORK.gateway;
    this.#answer(packet, to, unreachable(packet, code), source);
  }

  #answer(packet: Ipv4Packet, to: MacAddress, payload: Buffer, source = packet.destination): void {
    this.#sendPacket(to, { source, destination: packet.source, protocol: PROTOCOL.icmp, payload });
  }

  #sendPacket(to: MacAddress, packet: Ipv4Packet): void {
    this.#sendTo(to, ETHER_TYPE.ipv4, encodeIpv4(packet));
  }

  #sendTo(destination: MacAddress, etherType: number, payload: Buffer): void {
    sendFrame(this.#link, encodeEthernet({ destination, source: this.#mac, etherType, payload }));
  }
}
