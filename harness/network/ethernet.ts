import { MAC_BYTES, type MacAddress, macBytes, readMac } from './addresses.ts';

export const ETHER_TYPE = { ipv4: 0x0800, arp: 0x0806 } as const;

export interface EthernetFrame {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  readonly etherType: number;
  /** With the sender's padding, which only the layer above can tell from the rest. */
  readonly payload: Buffer;
}

const HEADER_BYTES = 14;
/** IEEE 802.3, without the frame check sequence: some network cards drop a shorter frame as a runt. */
const MIN_FRAME_BYTES = 60;
/** What fits in the payload of a frame. */
export const MTU = 1500;

export function decodeEthernet(frame: Buffer): EthernetFrame | undefined {
  if (frame.length < HEADER_BYTES) return undefined;
  return {
    destination: readMac(frame, 0),
    source: readMac(frame, MAC_BYTES),
    etherType: frame.readUInt16BE(2 * MAC_BYTES),
    payload: frame.subarray(HEADER_BYTES),
  };
}

export function encodeEthernet({ destination, source, etherType, payload }: EthernetFrame): Buffer {
  const frame = Buffer.alloc(Math.max(MIN_FRAME_BYTES, HEADER_BYTES + payload.length));
  macBytes(destination).copy(frame, 0);
  macBytes(source).copy(frame, MAC_BYTES);
  frame.writeUInt16BE(etherType, 2 * MAC_BYTES);
  payload.copy(frame, HEADER_BYTES);
  return frame;
}
