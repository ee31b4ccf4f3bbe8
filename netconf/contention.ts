/**
 * Contention for the configuration: somebody else has it, or the other routing engine has it. On Junos, contention may show in the reply to any load, check
 * or commit, even under our lock. Nothing is wrong with the request, so the same request is made again later.
 */
import { ContentionError } from './errors.ts';
import type { Operation } from './operation.ts';
import type { RpcError } from './rpc-error.ts';

/** RFC 6241 appendix A. */
const TAGS: readonly (string | undefined)[] = ['lock-denied', 'in-use'];

/** Junos's messages, which often come without a tag. They name the database, the lock of the other engine (re0, re1), or another commit. */
const WORDS = [
  /database (is )?(locked|modified|in use)/i,
  /lock-configuration failed/i,
  /(could not|cannot|can't|unable to|failed to) (lock|obtain|acquire) (the |a )?(re\d|configuration|database|exclusive|lock)/i,
  /commit (is )?(already )?in progress/i,
  /another (commit|user|session) .*(progress|editing|configuring|has)/i,
  /private edits in use/i,
];

export function isContention({ tag, message = '' }: RpcError): boolean {
  return TAGS.includes(tag) || WORDS.some((words) => words.test(message));
}

/** The same operation, but contention is a `ContentionError`, not a refusal of what was asked. */
export function contended<Result>(operation: Operation<Result>): Operation<Result> {
  return {
    ...operation,
    read(reply) {
      const contention = reply.errors.find(isContention);
      if (contention !== undefined) throw new ContentionError(reply.peer, operation.name, contention);
      return operation.read(reply);
    },
  };
}
