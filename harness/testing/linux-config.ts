import path from 'node:path';

const build = path.resolve(import.meta.dirname, '../../fixtures/.build/linux');

/** The disk that the set-up fills for Linux. */
export const linuxDisk = path.join(build, 'data.ext4');

/**
 * A vitest.config.ts with Linux as its target.
 * @param fields More fields of the target, as source.
 * @param config More fields of the configuration, as source.
 */
export function linuxConfig(fields = '', config = ''): string {
  return `
import { defineKernelConfig, defineTarget } from 'twinboot/config';

const image = { from: 'kernel', kernel: '${build}/{arch}/kernel', initrd: '${build}/{arch}/initramfs.cpio' };

export default defineKernelConfig({
  targets: [
    defineTarget({
      name: 'linux',
      images: {
        x86_64: { ...image, append: 'console=ttyS0 no_timer_check' },
        aarch64: { ...image, append: 'console=ttyAMA0' },
      },
      shell: { prompt: '~ # ', status: 'posix' },
      panics: [/Kernel panic - not syncing: .*/],
      provides: ['disk', 'network'],
      machine: { cpus: 2 },
      ${fields}
    }),
  ],
  ${config}
});
`;
}
