import { lastLines, run } from './run.mjs';

/** Runs a program as one step of fetching a server. Throws with the reason in one line if the program fails. */
export async function attempt(program, args, options) {
  const result = await run(program, args, options);
  if (result.ok) return;
  const error = new Error(`${program} ${result.reason} ${lastLines(result.output)}`.trim());
  error.missing = result.reason === 'not there';
  throw error;
}

/** @returns a function that gives the milliseconds that are left of `limit`, counted from now. */
export function untilDeadline(limit) {
  const deadline = Date.now() + limit;
  return () => Math.max(1, deadline - Date.now());
}
