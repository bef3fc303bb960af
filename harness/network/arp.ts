import { addressBytes, type Ipv4Address, type MacAddress, macBytes, readAddress, readMac } from './addresses.ts';

/** Hardware type Ethernet, protocol type IPv4, and the lengths of their addresses (RFC 826). */
const ETHERNET_IPV4 = Buffer.from([0x00, 0x01, 0x08, 0x00, 6, 4]);
const REQUEST = 1;
const REPLY = 2;
const MESSAGE_BYTES = 28;

/** The reply to an ARP request for one of the `own` addresses, which are all at `mac`; `undefined` for anything else. */
export function answerArp(message: Buffer, own: ReadonlySet<Ipv4Address>, mac: MacAddress): Buffer | undefined {
  if (message.length < MESSAGE_BYTES || !message.subarray(0, ETHERNET_IPV4.length).equals(ETHERNET_IPV4))
    return undefined;
  if (message.readUInt16BE(6) !== REQUEST) return undefined;
  const asker = { mac: readMac(message, 8), address: readAddress(message, 14) };
  const wanted = readAddress(message, 24);
  if (!own.has(wanted)) return undefined;
  return Buffer.concat([
    ETHERNET_IPV4,
    Buffer.from([0, REPLY]),
    macBytes(mac),
    addressBytes(wanted),
    macBytes(asker.mac),
    addressBytes(asker.address),
  ]);
}
