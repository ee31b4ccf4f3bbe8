import { lastLines, run } from './run.mjs';

/** Runs one step of a source; throws, with the reason in a line, if it does not succeed. */
export async function attempt(program, args, options) {
  const result = await run(program, args, options);
  if (result.ok) return;
  const error = new Error(`${program} ${result.reason} ${lastLines(result.output)}`.trim());
  error.missing = result.reason === 'not there';
  throw error;
}

/** @returns a function that tells the milliseconds left of `limit`, from now on. */
export function untilDeadline(limit) {
  const deadline = Date.now() + limit;
  return () => Math.max(1, deadline - Date.now());
}
