import { join } from 'node:path';
import { UnavailableError } from './errors.mjs';
import { findFirst } from './find-first.mjs';
import { guestTable } from './guest-table.mjs';

/**
 * How the guest programs of an architecture are compiled: static, against musl, by any host's clang and lld.
 * @param {Record<string, { folder: string }>} packages unpacked, by role
 * @returns {Promise<(program: { file: string, link: string[] }, replaced?: string) => string[]>} the words of a
 *   compilation, without the output; `replaced` names the function to sabotage
 */
export async function compilerFor(arch, packages, suites) {
  const { gnu, musl } = guestTable.architectures[arch];
  const gcc = await findFirst([join(packages.libgcc.folder, 'usr/lib/gcc', gnu)], /^\d+$/);
  if (!gcc) throw new UnavailableError(`setup: no libgcc.a in ${packages.libgcc.folder}`);
  const lib = (name) => join(packages.musl.folder, 'usr/lib', musl, name);
  const support = join(suites, 'guest');
  const flags = [
    ...[`--target=${musl}`, '-std=c11', '-O1', '-g0', '-Wall', '-Wextra', '-Werror', '-D_XOPEN_SOURCE=700'],
    // The compiler's own headers, musl's, and none of the host's.
    ...['-nostdlibinc', '-isystem', join(packages.musl.folder, 'usr/include', musl), `-I${support}`],
    ...['-fno-stack-protector', '-static', '-nostdlib', '-fuse-ld=lld', '-s'],
  ];
  return ({ file, link }, replaced) => [
    ...['clang', ...flags, lib('crt1.o'), lib('crti.o'), file],
    ...(replaced ? [`-Wl,--wrap=${replaced}`, `-DSABOTAGED=__wrap_${replaced}`, join(support, 'sabotage.c')] : []),
    ...[...link, lib('libc.a'), join(gcc, 'libgcc.a'), lib('crtn.o')],
  ];
}
