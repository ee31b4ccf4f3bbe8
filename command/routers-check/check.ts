/** A check of a router: what it asks, and what it makes of the answer. Each is one line of the report. */
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { RouterTarget } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';
import { NetconfError, RpcFailedError } from '../../netconf/errors.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { StoreCorruptError } from '../../etcd/errors.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import type { Transcript } from './transcript.ts';

export type Result = 'ok' | 'warning' | 'failed';

export interface CheckResult {
  readonly result: Result;
  readonly text: string;
  /** What to do. Absent where all is well. */
  readonly mend?: string;
}

export interface ReportLine extends CheckResult {
  readonly name: string;
}

/** A router with an open session, and what etcd has of it. */
export interface CheckedRouter {
  readonly id: string;
  readonly name: string;
  readonly target: RouterTarget;
  readonly session: Session;
  readonly policy: Policy;
  readonly record: RouterRecord | StoreCorruptError;
  readonly transcript: Transcript;
  /** What a gateway would put on this router, or why that is not known. Absent: no gateway was named. */
  readonly rendered?: RouterConfiguration | string;
}

export interface Check<Seen> {
  /** Its name in the report. */
  readonly name: string;
  ask(router: CheckedRouter): Seen | Promise<Seen>;
  judge(seen: Seen, router: CheckedRouter): CheckResult;
}

export function check<Seen>(one: Check<Seen>): Check<unknown> {
  return one;
}

export const ok = (text: string): CheckResult => ({ result: 'ok', text });
export const warning = (text: string, mend: string): CheckResult => ({ result: 'warning', text, mend });
export const failed = (text: string, mend: string): CheckResult => ({ result: 'failed', text, mend });

export const LOGIN_CLASS = 'give the user the rights of docs/routers.md, "The login class"';

const REPORT = 'the answer is not as expected: report it, with a transcript (--transcript)';

/**
 * Makes these checks one after the other, and resolves to their lines. If a check loses the session, or finds it lost, its line is the last one, and
 * says `failed`.
 */
export async function runChecks(
  checks: readonly Check<unknown>[],
  router: CheckedRouter,
): Promise<ReportLine[]> {
  const lines: ReportLine[] = [];
  for (const one of checks) {
    if (router.session.isOpen) {
      lines.push({ name: one.name, ...(await resultOf(one, router)) });
      continue;
    }
    if (lines.at(-1)?.result !== 'failed')
      lines.push({ name: one.name, ...failed('the router has ended the session', 'try again') });
    break;
  }
  return lines;
}

async function resultOf(one: Check<unknown>, router: CheckedRouter): Promise<CheckResult> {
  try {
    return one.judge(await one.ask(router), router);
  } catch (error) {
    if (error instanceof RpcFailedError) return failed(reasonOf(error), LOGIN_CLASS);
    if (error instanceof NetconfError) return failed(reasonOf(error), REPORT);
    if (error instanceof JunosSyntaxError)
      return failed(`what the router shows can't be read (${error.message})`, REPORT);
    throw error;
  }
}

/** The message without the router's name and address, which the report has in its head. */
export function reasonOf(error: Error): string {
  if (!(error instanceof NetconfError)) return error.message;
  const { id, name, host, port } = error.peer;
  const where = `router ${name ?? id} (${host}, port ${port}): `;
  return error.message.startsWith(where) ? error.message.slice(where.length) : error.message;
}
