/** Why an operator does something that others will ask about. */
import { LENGTHS } from '../gateway/display.ts';
import { said } from './printable.ts';
import { quoted, UsageError } from './usage.ts';

/** The reason, on one line. `what`: what the reason is for, in words. Throws a `UsageError` for no reason, and for one that is too long. */
export function checkedReason(given: string | undefined, what: string): string {
  const reason = said(given ?? '');
  if (reason === '')
    throw new UsageError(
      `--reason: expected a reason for ${what}, got ${given === undefined ? 'none' : quoted(given)}`,
    );
  if (reason.length > LENGTHS.hold)
    throw new UsageError(`--reason: expected at most ${LENGTHS.hold} characters, got ${reason.length}`);
  return reason;
}
