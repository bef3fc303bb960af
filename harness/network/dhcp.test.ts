import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerDhcp } from './dhcp.ts';

const lease = {
  client: '10.0.2.15',
  server: '10.0.2.2',
  netmask: '255.255.255.0',
  gateway: '10.0.2.2',
  resolver: '10.0.2.3',
};

/** The fixed part that busybox's udhcpc sends, with the transaction and the client's hardware address in it. */
const TRANSACTION = '1927e961';
const HARDWARE = `525400123456${'00'.repeat(10)}`;

function request(options: string, inUse = '00000000'): Buffer {
  const fixed = `01010600${TRANSACTION}00000000${inUse}${'00'.repeat(12)}${HARDWARE}${'00'.repeat(192)}`;
  return Buffer.from(`${fixed}63825363${options}`, 'hex');
}

const discover = request('350101' + '39020240' + '37070103060c0f1c2a' + 'ff');
const LEASE = '36040a000202' + '330400015180' + '0104ffffff00' + '03040a000202' + '06040a000203' + 'ff';

const optionsOf = (message: Buffer | undefined) =>
  message
    ?.subarray(240)
    .toString('hex')
    .replace(/(00)+$/, '');
const givenBy = (message: Buffer | undefined) => message?.subarray(16, 20).join('.');

test('a client that looks for a server is offered the lease', () => {
  const answer = answerDhcp(discover, lease);
  expect(givenBy(answer?.message)).toBe('10.0.2.15');
  expect(optionsOf(answer?.message)).toBe(`350102${LEASE}`);
  expect(answer?.to).toBeUndefined();
});

test('the reply carries the transaction and the hardware address, and is as long as BOOTP was', () => {
  const message = answerDhcp(discover, lease)?.message;
  expect(message?.subarray(0, 8).toString('hex')).toBe(`02010600${TRANSACTION}`);
  expect(message?.subarray(28, 44).toString('hex')).toBe(HARDWARE);
  expect(message).toHaveLength(300);
});

test('a client that takes the offer has the lease', () => {
  const answer = answerDhcp(request('350103' + '32040a00020f' + '36040a000202' + 'ff'), lease);
  expect(givenBy(answer?.message)).toBe('10.0.2.15');
  expect(optionsOf(answer?.message)).toBe(`350105${LEASE}`);
});

test('a client that renews is answered where it is', () => {
  const answer = answerDhcp(request('350103' + 'ff', '0a00020f'), lease);
  expect(optionsOf(answer?.message)).toBe(`350105${LEASE}`);
  expect(answer?.to).toBe('10.0.2.15');
});

test('a client that wants another address is refused, for all to hear', () => {
  const answer = answerDhcp(request('350103' + '3204c0a80105' + 'ff', 'c0a80105'), lease);
  expect(optionsOf(answer?.message)).toBe('350106' + '36040a000202' + 'ff');
  expect(givenBy(answer?.message)).toBe('0.0.0.0');
  expect(answer?.to).toBeUndefined();
});

test('a client that has an address of its own is told the rest, without a lease', () => {
  const answer = answerDhcp(request('350108' + 'ff', '0a000263'), lease);
  expect(givenBy(answer?.message)).toBe('0.0.0.0');
  expect(optionsOf(answer?.message)).toBe(`350105${LEASE.replace('330400015180', '')}`);
  expect(answer?.to).toBe('10.0.2.99');
});

test.each([
  ['an offer that another server won', request('350103' + '32040a00020f' + '36040a000209' + 'ff')],
  ['a release', request('350107' + 'ff')],
  ['a message without a type', request('ff')],
  ['a reply', Buffer.concat([Buffer.from([2]), discover.subarray(1)])],
  ['a message without the cookie', Buffer.concat([discover.subarray(0, 236), Buffer.from('63825364350101ff', 'hex')])],
  ['a message cut short', discover.subarray(0, 239)],
])('%s gets no answer', (_name, message) => {
  expect(answerDhcp(message, lease)).toBeUndefined();
});

test('an option that runs beyond the message is none', () => {
  expect(answerDhcp(request('350501'), lease)).toBeUndefined();
  expect(answerDhcp(request('35'), lease)).toBeUndefined();
});

test('arbitrary options never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (options) => {
      const message = Buffer.concat([request(''), options]);
      expect(answerDhcp(message, lease)?.message.length ?? 300).toBe(300);
    }),
  );
});
