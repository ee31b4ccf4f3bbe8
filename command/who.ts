/**
 * Who holds, releases, retires or readmits a router, cancels a change, or lets a router owe a deletion. People say this of themselves: it is no proof of
 * who they are.
 */
import { hostname, userInfo } from 'node:os';
import type { Environment } from '../client/profile.ts';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { said } from './printable.ts';
import { quoted, UsageError } from './usage.ts';

const VARIABLE = 'GATEWAY_SAGA_AS';

/** The option of every command that keeps who did something. */
export const AS_OPTION = { as: { type: 'string' } } as const;

export const AS_HELP = `--as WHO       who does it, shown to everybody whom it concerns (default: ${VARIABLE}, else user@host); it proves nothing`;

/**
 * The flag's value, else the variable's, else user and host: `alice@jump-host`. It is one line, short enough to be shown everywhere.
 *
 * @throws {UsageError} for a flag or a variable that says nothing, or says too much.
 */
export function whoOf(flag: string | undefined, env: Environment): string {
  if (flag !== undefined) return checked('--as', flag);
  const ofVariable = env[VARIABLE];
  return ofVariable ? checked(VARIABLE, ofVariable) : oneLine(`${userName()}@${hostname()}`, LENGTHS.who);
}

function checked(by: string, given: string): string {
  const who = said(given);
  if (who !== '' && who.length <= LENGTHS.who) return who;
  throw new UsageError(`${by}: expected a name of 1 to ${LENGTHS.who} characters, got ${quoted(given)}`);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in many containers.
    return 'somebody';
  }
}
