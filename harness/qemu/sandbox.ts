/** seccomp is Linux's; elsewhere QEMU has no sandbox. */
let offered = process.platform === 'linux';

/** Whether QEMU is asked to lock itself in. */
export function usesSandbox(): boolean {
  return offered;
}

/**
 * Looks at what a QEMU said that would not start. One that was built without a sandbox is not asked again.
 * @returns whether it was the sandbox that it does not know.
 */
export function giveUpSandbox(stderr: string): boolean {
  if (
    !offered ||
    !/-sandbox\b.*(?:not enabled|invalid option|no such option)|sandbox support is not enabled/i.test(stderr)
  )
    return false;
  offered = false;
  return true;
}
