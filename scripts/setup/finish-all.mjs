import { BuildError, SetupError, UnavailableError } from './errors.mjs';

/**
 * Waits for every piece of work, also past a failure, so that the reasons are the last thing said.
 * @param {Promise<unknown>[]} work
 * @throws {SetupError} with all the reasons, each once; a source that does not build outweighs what cannot be had. An error that
 *   is none of set-up's own is thrown alone.
 */
export async function finishAll(work) {
  const outcomes = await Promise.allSettled(work);
  const reasons = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  if (reasons.length === 0) return;
  const unforeseen = reasons.find((reason) => !(reason instanceof SetupError));
  if (unforeseen) throw unforeseen;
  const Failure = reasons.some((reason) => reason instanceof BuildError) ? BuildError : UnavailableError;
  const messages = new Set(reasons.map(({ message }) => message));
  throw new Failure([...messages].join('\n\n'), { cause: reasons[0] });
}
