/**
 * The modules to load for the wanted ones, each after all that it needs.
 *
 * @param {string[]} wanted
 * @param {(name: string) => { depends: string[], soft: string[] } | 'built-in' | undefined} lookUp `undefined` when the
 *   kernel has no such module
 * @returns {Map<string, string[]>} by module, in loading order: the modules it needs itself
 * @throws {RangeError} when a wanted module, or one that it needs, does not exist
 */
export function closeModules(wanted, lookUp) {
  const closed = new Map();
  const seen = new Set();
  const visit = (name, needer) => {
    if (seen.has(name)) return;
    seen.add(name);
    const module = lookUp(name);
    if (module === undefined) throw new RangeError(`no module ${name}${needer ? `, which ${needer} needs` : ''}`);
    if (module === 'built-in') return;
    const soft = module.soft.map((service) => providerOf(service, lookUp)).filter(Boolean);
    const needs = [...soft, ...module.depends.map(canonicalName)].filter((need) => lookUp(need) !== 'built-in');
    for (const need of needs) visit(need, name);
    closed.set(name, needs);
  };
  for (const name of wanted) visit(canonicalName(name));
  return closed;
}

/** The kernel takes - and _ in a module's name as the same, and reports _. */
export function canonicalName(name) {
  return name.replaceAll('-', '_');
}

/** A soft dependency may name a service; the kernel's plain C implementation of it is called SERVICE_generic. */
function providerOf(service, lookUp) {
  return [service, `${service}_generic`].map(canonicalName).find((name) => lookUp(name) !== undefined);
}
