/** Faults on request: a rule names a point of an operation, and what goes wrong there. */

import type { XmlElement } from './xml.ts';

/**
 * The steps of an operation. `rpc` is the operation as a whole. Within it, `load` puts the configuration of one request
 * into the candidate; `check` and `activate` are the two halves of a commit; `rollback` is the fall-back of an unconfirmed
 * commit.
 */
export type Step = 'rpc' | 'load' | 'check' | 'activate' | 'rollback';

/**
 * A fault `before` a step applies when the step is about to begin. If the outcome ends the operation, the step does not happen. A fault
 * `after` a step applies when the step has ended, even if the step failed.
 */
export interface FaultPoint {
  /** The name of the operation's element: `commit-configuration`; `rollback` for a fall-back, which no client requests. */
  readonly rpc: string;
  readonly step: Step;
  readonly moment: 'before' | 'after';
  readonly user: string;
  readonly session: number;
}

export type FaultOutcome =
  /** The operation ends at this point with an rpc-error. */
  | { readonly kind: 'refuse'; readonly message?: string }
  /** The operation ends at this point, and the connection is cut without a reply. */
  | { readonly kind: 'drop' }
  /** The operation ends at this point without a reply; the connection stays. */
  | { readonly kind: 'never-reply' }
  /** The operation runs to its end. Only the first part of its reply is sent, then the connection is cut. */
  | { readonly kind: 'truncate' }
  /** The operation runs to its end. Its reply is sent as this function gives it: `body` is what stands inside `<rpc-reply>`. */
  | { readonly kind: 'rewrite'; readonly by: (body: string, operation: XmlElement) => string }
  /** The operation runs to its end. Its reply is sent, then the router ends its output. */
  | { readonly kind: 'half-close' }
  /** The connection is cut at this point, as if the client had ended it, and the operation runs to its end. */
  | { readonly kind: 'drop-and-go-on' }
  /** The operation waits at this point for `ms`, then goes on. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The operation ends at this point as if another session owned the lock. */
  | { readonly kind: 'deny-lock'; readonly holder?: string; readonly pid?: number }
  /** The operation ends at this point as if the check had found an error. */
  | {
      readonly kind: 'fail-check';
      readonly message: string;
      readonly path?: string;
      readonly badElement?: string;
    };

export interface FaultRule {
  /** Default: any operation. */
  readonly rpc?: string;
  /** Default `rpc`, the operation as a whole. */
  readonly step?: Step;
  /** Default `before`. */
  readonly moment?: 'before' | 'after';
  /** A further condition. */
  readonly when?: (point: FaultPoint) => boolean;
  /** How often the rule applies before it is removed. Default 1; `Infinity` for always. */
  readonly times?: number;
  readonly outcome: FaultOutcome;
}

export interface Faults {
  /** Adds a rule after the others; the first rule that fits a point applies. Returns a function that removes the rule. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** How many rules are left. */
  readonly size: number;
  /** The outcome of the first rule that fits this point. This counts as one application of the rule. */
  take(point: FaultPoint): FaultOutcome | undefined;
}

export function createFaults(): Faults {
  const rules = new Set<{ readonly rule: FaultRule; left: number }>();
  const fits = (rule: FaultRule, point: FaultPoint): boolean =>
    (rule.rpc === undefined || rule.rpc === point.rpc) &&
    (rule.step ?? 'rpc') === point.step &&
    (rule.moment ?? 'before') === point.moment &&
    (rule.when?.(point) ?? true);
  return {
    add(rule) {
      const entry = { rule, left: rule.times ?? 1 };
      rules.add(entry);
      return () => void rules.delete(entry);
    },
    clear: () => rules.clear(),
    get size() {
      return rules.size;
    },
    take(point) {
      for (const entry of rules) {
        if (!fits(entry.rule, point)) continue;
        entry.left -= 1;
        if (entry.left <= 0) rules.delete(entry);
        return entry.rule.outcome;
      }
      return undefined;
    },
  };
}
