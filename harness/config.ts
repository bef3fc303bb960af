/** What vitest.config.ts imports: `import { defineKernelConfig, defineTarget } from 'twinboot/config'`. */
export type { Accelerator, DiskProfile, MachineProfile, NetworkProfile } from './qemu/profile.ts';
export type {
  ImageDeclaration,
  KernelConfigDeclaration,
  ShellDeclaration,
  TargetDeclaration,
} from './suite/declaration.ts';
export { defineKernelConfig, defineTarget } from './vitest/config.ts';
