import { entryFor } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { type CountedClass, countedClasses, type InterruptTotal } from '../trace/interrupt-count.ts';
import type { InterruptBound, InterruptExpectation } from '../verdict/interrupt-expectation.ts';
import { formatPath } from './check.ts';
import type { CaseDeclaration, InterruptBounds, InterruptsDeclaration, SuiteDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';

/**
 * What a case expects of its kernel's interrupts; `undefined` when it says nothing of them.
 * @throws DeclarationError where nobody can count them.
 */
export function expectedInterrupts(
  environment: Environment,
  suite: Pick<SuiteDeclaration, 'interrupts'>,
  declared: Pick<CaseDeclaration, 'interrupts'>,
  source: 'qemu' | 'launcher',
): InterruptExpectation | undefined {
  if (!suite.interrupts && !declared.interrupts) return undefined;
  const { id, accelerator } = environment;
  if (source === 'launcher')
    throw new DeclarationError(
      `${id}: a launcher starts QEMU with its own arguments: its interrupts cannot be counted, so \`interrupts\` must go`,
    );
  if (accelerator !== 'tcg')
    throw new DeclarationError(
      `${id}: with the accelerator ${accelerator} QEMU does not see the interrupts: \`interrupts\` needs "tcg"`,
    );
  const { unexpected, ...bounds }: InterruptsDeclaration = { ...suite.interrupts, ...declared.interrupts };
  const vectors = vectorsOf(environment);
  return {
    bounds: Object.entries(bounds).flatMap(([name, bound]): InterruptBound[] => {
      const vector = isClass(name) ? undefined : vectors[name];
      // Under `undefined` a case says nothing of what its suite bounds. All else the schema has seen.
      return bound ? [{ name, ...(vector === undefined ? {} : { vector }), ...(bound as InterruptBounds) }] : [];
    }),
    ...(unexpected ? { besides: unexpected } : {}),
  };
}

/** The totals, with vectors that the target names after a class counted to that: a system call gate is the kernel's choice. */
export function asNamed(totals: readonly InterruptTotal[], { target, arch }: NamedVectors): InterruptTotal[] {
  const classes = new Map(
    Object.entries(vectorsOf({ target, arch })).flatMap(([name, vector]) =>
      isClass(name) ? [[vector, name] as const] : [],
    ),
  );
  return totals.map((total) => {
    const named = total.vector === undefined ? undefined : classes.get(total.vector);
    return named ? { ...total, class: named } : total;
  });
}

/** Where vectors have names. */
export type NamedVectors = Pick<Environment, 'arch'> & { readonly target: Pick<Environment['target'], 'vectors'> };

function vectorsOf({ target, arch }: NamedVectors): Readonly<Record<string, number>> {
  return entryFor(target.vectors ?? {}, arch) ?? {};
}

/** What is said of the classes and vectors that a declaration names and nobody knows. */
export function wrongInterruptWords(
  path: readonly PropertyKey[],
  declared: InterruptsDeclaration | undefined,
  environment: Environment,
): string[] {
  const vectors = vectorsOf(environment);
  const words = [...countedClasses, ...Object.keys(vectors), 'unexpected'];
  return Object.keys(declared ?? {})
    .filter((name) => !words.includes(name))
    .map((name) => describeWrongWord(path, name, words, environment));
}

function describeWrongWord(
  path: readonly PropertyKey[],
  name: string,
  words: readonly string[],
  { target, arch }: Environment,
): string {
  const elsewhere = Object.entries(target.vectors ?? {}).filter(([, vectors]) => Object.hasOwn(vectors, name));
  if (elsewhere.length > 0)
    return `${formatPath([...path, name])}: ${target.name} names that vector for ${elsewhere.map(([other]) => other).join(', ')} and not for ${arch}: its \`vectors\` lack it`;
  return expected(formatPath(path), words, name);
}

function isClass(name: string): name is CountedClass {
  return countedClasses.some((known) => known === name);
}
