import { z } from 'zod';

/** Where a run's workers tell of their cases while they run. Plain data: it crosses to worker processes. */
export interface LiveAddress {
  /** The path of a unix socket. */
  readonly socket: string;
}

/** A case in an environment, as a reader names it. */
export interface LiveCaseName {
  readonly environment: string;
  readonly suite: string;
  readonly case: string;
}

/** Since when a guest has been silent; `null` while there is none. */
const silentMs = z.number().nonnegative().nullable();
const id = z.int().nonnegative();

const message = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('start'), id, environment: z.string(), suite: z.string(), case: z.string() }),
  z.strictObject({ kind: z.literal('now'), id, stage: z.string(), silentMs }),
  z.strictObject({ kind: z.literal('end'), id }),
]);

/** What a worker tells of one of its cases, whose number is its own. */
export type LiveMessage = z.infer<typeof message>;

/** @returns `undefined` for what is none: a worker runs other people's code as well. */
export function parseLiveMessage(line: string): LiveMessage | undefined {
  try {
    return message.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
