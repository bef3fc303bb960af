import { type FoundFunctions, findFunctions } from '../evidence/probed-functions.ts';
import type { MachinePlan } from '../machine/plan.ts';
import type { ProbedFunction } from '../trace/function-probes.ts';
import { Deadline, type Millis } from '../units.ts';
import type { DeclaredProbes } from './declared-probes.ts';
import type { ExpectedCalls } from './expected-calls.ts';

/** To list the symbols of a kernel of 300 MB takes some seconds. */
const WITHIN: Millis = 120_000;

/**
 * A machine's plan with probes at functions of the kernel that it boots.
 * @param machineProbes All that the machine is to have, `probes` among them.
 * @throws DeclarationError, EnvironmentError as {@link findFunctions}.
 */
export async function placeProbes(
  machine: MachinePlan,
  probes: DeclaredProbes,
  machineProbes: readonly string[],
): Promise<{ readonly machine: MachinePlan; readonly expectedCalls: readonly ExpectedCalls[] }> {
  if (machineProbes.length === 0) return { machine, expectedCalls: [] };
  const found = await findFunctions(machine, machineProbes, Deadline.after(WITHIN));
  const expectedCalls = Object.entries(probes).map(([probe, declared]): ExpectedCalls => {
    const { min, max } = declared === 'entry' ? {} : declared;
    return { probe, functions: found.get(probe) ?? [], min, max };
  });
  return { machine: { ...machine, probes: eachOnce(found) }, expectedCalls };
}

/** By address: several probes may be of one function. */
function eachOnce(found: FoundFunctions): readonly ProbedFunction[] {
  return [...new Map([...found.values()].flat().map((probed) => [probed.address, probed])).values()];
}
