type Contestants = Readonly<Record<string, () => Promise<unknown>>>;

type Samples<C extends Contestants> = { readonly [Name in keyof C]: Awaited<ReturnType<C[Name]>>[] };

/**
 * Measures each in turn, `A B`, `B A`, `A B`, …: what else the host does meanwhile hits all of them alike.
 * @returns what each call resolved to, a list per contestant, in the order of the rounds.
 */
export async function interleave<C extends Contestants>(rounds: number, contestants: C): Promise<Samples<C>> {
  const names = Object.keys(contestants);
  const samples: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) samples[name]?.push(await contestants[name]?.());
  }
  return samples as Samples<C>;
}
