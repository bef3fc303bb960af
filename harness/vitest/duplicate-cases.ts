/** A node of an ESTree syntax tree, as far as it is looked at here. */
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * The name of a case that stands twice in the `cases` of one `defineSuite` call. JavaScript keeps the last of two equal
 * keys in silence: the other case would never run, and nobody would miss it.
 */
export function findDuplicateCases(program: unknown): string | undefined {
  if (!isNode(program)) return Array.isArray(program) ? firstOf(program, findDuplicateCases) : undefined;
  const own = isDefineSuite(program) ? duplicateKey(casesOf(program)) : undefined;
  return (
    own ??
    firstOf(Object.values(program), (value) => (typeof value === 'object' ? findDuplicateCases(value) : undefined))
  );
}

function isDefineSuite({ type, callee }: Node): boolean {
  return type === 'CallExpression' && isNode(callee) && [callee.name, nameOf(callee.property)].includes('defineSuite');
}

function casesOf(call: Node): unknown {
  const [, declaration] = Array.isArray(call.arguments) ? call.arguments : [];
  return propertiesOf(declaration).find((property) => nameOf(property.key) === 'cases')?.value;
}

function duplicateKey(cases: unknown): string | undefined {
  const names = propertiesOf(cases).map(({ key, computed }) => (computed ? undefined : nameOf(key)));
  return names.find((name, index) => name !== undefined && names.indexOf(name) !== index);
}

function propertiesOf(value: unknown): Node[] {
  return isNode(value) && value.type === 'ObjectExpression' && Array.isArray(value.properties)
    ? value.properties.filter(isNode)
    : [];
}

/** `name` of an identifier, `value` of a literal. */
function nameOf(key: unknown): string | undefined {
  if (!isNode(key)) return undefined;
  const name = key.type === 'Identifier' ? key.name : key.value;
  return typeof name === 'string' ? name : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function firstOf<T, R>(values: readonly T[], look: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = look(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
