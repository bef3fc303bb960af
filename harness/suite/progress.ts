import type { Machine } from '../machine/machine.ts';

/** What is being done for a case, in words for people. */
export type CaseStage = 'starting' | 'booting' | 'running' | 'gathering evidence';

/** Hears how a case comes along: what begins now, and the machine that it is done with, as soon as there is one. */
export type TellProgress = (stage: CaseStage, machine?: Machine) => void;

/** For those whom nobody watches. */
export const untold: TellProgress = () => {};
