import { type Browser, chromium } from 'playwright-core';
import { findExecutable } from '../qemu/executable.ts';

/** As distributions and systems name it. */
const PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A browser of this machine's; `undefined` where it has none. */
export function findBrowser(): string | undefined {
  return PROGRAMS.map((program) => findExecutable(program)).find((path) => path !== undefined);
}

/** Starts it without a window. Its sandbox does not work for root. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
