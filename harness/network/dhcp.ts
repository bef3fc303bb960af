import { addressBytes, type Ipv4Address, readAddress, UNSPECIFIED_ADDRESS } from './addresses.ts';

export const DHCP_PORT = { server: 67, client: 68 } as const;

/** What the one client on a link is given. */
export interface DhcpLease {
  readonly client: Ipv4Address;
  /** The server's own address. */
  readonly server: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly gateway: Ipv4Address;
  readonly resolver: Ipv4Address;
}

export interface DhcpAnswer {
  readonly message: Buffer;
  /** The address that the client already uses, or `undefined`: it can hear broadcasts only. */
  readonly to: Ipv4Address | undefined;
}

const BOOT_REQUEST = 1;
const BOOT_REPLY = 2;
/** BOOTP's fixed fields (RFC 2131, figure 1), then the magic cookie, then options. */
const FIXED_BYTES = 236;
const MAGIC_COOKIE = Buffer.from([99, 130, 83, 99]);
/** BOOTP's whole message (RFC 951); some clients drop a shorter one. */
const MIN_MESSAGE_BYTES = 300;

const OPTION = {
  pad: 0,
  netmask: 1,
  router: 3,
  resolver: 6,
  requestedAddress: 50,
  leaseSeconds: 51,
  messageType: 53,
  server: 54,
  end: 255,
} as const;
const MESSAGE = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6, inform: 8 } as const;
const LEASE_SECONDS = 86_400;

/**
 * The answer to a client's message (RFC 2131). The lease is always the same, so nothing is remembered: a machine that
 * was cloned with its lease can renew it from a server that never gave it.
 */
export function answerDhcp(message: Buffer, lease: DhcpLease): DhcpAnswer | undefined {
  if (message.length < FIXED_BYTES + MAGIC_COOKIE.length || message.readUInt8(0) !== BOOT_REQUEST) return undefined;
  if (!message.subarray(FIXED_BYTES, FIXED_BYTES + MAGIC_COOKIE.length).equals(MAGIC_COOKIE)) return undefined;
  const options = readOptions(message.subarray(FIXED_BYTES + MAGIC_COOKIE.length));
  const server = options.get(OPTION.server);
  if (server && !server.equals(addressBytes(lease.server))) return undefined;
  const inUse = readAddress(message, 12);
  const to = inUse === UNSPECIFIED_ADDRESS ? undefined : inUse;

  switch (options.get(OPTION.messageType)?.[0]) {
    case MESSAGE.discover:
      return { message: reply(message, MESSAGE.offer, lease, lease.client), to };
    case MESSAGE.request: {
      const wanted = options.get(OPTION.requestedAddress) ?? message.subarray(12, 16);
      // A client that is refused must hear it wherever it believes to be, so a NAK is always broadcast (RFC 2131, 4.1).
      if (!wanted.equals(addressBytes(lease.client))) return { message: refusal(message, lease), to: undefined };
      return { message: reply(message, MESSAGE.ack, lease, lease.client), to };
    }
    case MESSAGE.inform:
      return { message: reply(message, MESSAGE.ack, lease, UNSPECIFIED_ADDRESS), to };
    default:
      return undefined;
  }
}

function readOptions(bytes: Buffer): Map<number, Buffer> {
  const options = new Map<number, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const code = bytes.readUInt8(at++);
    if (code === OPTION.end) break;
    if (code === OPTION.pad) continue;
    const length = bytes[at++] ?? 0;
    const value = bytes.subarray(at, at + length);
    if (value.length === length) options.set(code, value);
    at += length;
  }
  return options;
}

function reply(request: Buffer, type: number, lease: DhcpLease, given: Ipv4Address): Buffer {
  const leaseSeconds = Buffer.alloc(4);
  leaseSeconds.writeUInt32BE(LEASE_SECONDS);
  return bootReply(request, given, [
    [OPTION.messageType, Buffer.from([type])],
    [OPTION.server, addressBytes(lease.server)],
    // A client that only informs has its address from elsewhere, and so no lease (RFC 2131, 4.3.5).
    ...(given === UNSPECIFIED_ADDRESS ? [] : ([[OPTION.leaseSeconds, leaseSeconds]] as const)),
    [OPTION.netmask, addressBytes(lease.netmask)],
    [OPTION.router, addressBytes(lease.gateway)],
    [OPTION.resolver, addressBytes(lease.resolver)],
  ]);
}

function refusal(request: Buffer, lease: DhcpLease): Buffer {
  return bootReply(request, UNSPECIFIED_ADDRESS, [
    [OPTION.messageType, Buffer.from([MESSAGE.nak])],
    [OPTION.server, addressBytes(lease.server)],
  ]);
}

function bootReply(request: Buffer, given: Ipv4Address, options: readonly (readonly [number, Buffer])[]): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  // Hardware type and length, transaction, flags and the client's hardware address go back as they came.
  request.copy(fixed, 1, 1, 3);
  request.copy(fixed, 4, 4, 8);
  request.copy(fixed, 10, 10, 16);
  request.copy(fixed, 28, 28, 44);
  fixed.writeUInt8(BOOT_REPLY, 0);
  addressBytes(given).copy(fixed, 16);
  const encoded = options.flatMap(([code, value]) => [Buffer.from([code, value.length]), value]);
  const message = Buffer.concat([fixed, MAGIC_COOKIE, ...encoded, Buffer.from([OPTION.end])]);
  return Buffer.concat([message, Buffer.alloc(Math.max(0, MIN_MESSAGE_BYTES - message.length))]);
}
