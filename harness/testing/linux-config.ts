import path from 'node:path';
import type { Arch } from '../arch/archs.ts';

const build = path.resolve(import.meta.dirname, '../../fixtures/.build/linux');

const KERNEL_ARGUMENTS: { readonly [arch in Arch]: string } = {
  x86_64: 'console=ttyS0 no_timer_check',
  aarch64: 'console=ttyAMA0',
};

/** The files that boot Linux to a shell, and its arguments. */
export function linuxImage(arch: Arch): { kernel: string; initrd: string; append: string } {
  const folder = path.join(build, arch);
  return {
    kernel: path.join(folder, 'kernel'),
    initrd: path.join(folder, 'initramfs.cpio'),
    append: KERNEL_ARGUMENTS[arch],
  };
}

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
        x86_64: { ...image, append: '${KERNEL_ARGUMENTS.x86_64}' },
        aarch64: { ...image, append: '${KERNEL_ARGUMENTS.aarch64}' },
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
