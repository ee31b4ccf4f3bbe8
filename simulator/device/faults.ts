/** Faults on request: at which point of which operation, and what happens there. */

/**
 * The steps of an operation. Each operation is `rpc` as a whole; within it, `load` puts one request's configuration into
 * the candidate, `check` and `activate` are the two halves of a commit, `rollback` is the fallback of an unconfirmed one.
 */
export type Step = 'rpc' | 'load' | 'check' | 'activate' | 'rollback';

/** A fault `before` a step keeps the step from happening; `after` it, the step has happened. */
export interface FaultPoint {
  /** The operation's element name: `commit-configuration`; `rollback` for the fallback, which nobody asks for. */
  readonly rpc: string;
  readonly step: Step;
  readonly moment: 'before' | 'after';
  readonly user: string;
  readonly session: number;
}

export type FaultOutcome =
  /** The operation ends here with an rpc-error. */
  | { readonly kind: 'refuse'; readonly message?: string }
  /** The operation ends here and the connection is cut without a reply. */
  | { readonly kind: 'drop' }
  /** The operation ends here; the connection stays, silent. */
  | { readonly kind: 'never-reply' }
  /** The operation goes on to its end; of its reply only the first part is sent, then the connection is cut. */
  | { readonly kind: 'truncate' }
  /** The operation goes on to its end; the reply is sent, then the router ends its writing side. */
  | { readonly kind: 'half-close' }
  /** The operation goes on to its end; the connection is cut now, as if the client were gone. */
  | { readonly kind: 'drop-and-go-on' }
  /** The operation waits here, in ms, then goes on. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** As if somebody else held the lock. */
  | { readonly kind: 'deny-lock'; readonly holder?: string; readonly pid?: number }
  /** As if the check had found an error there. */
  | {
      readonly kind: 'fail-check';
      readonly message: string;
      readonly path?: string;
      readonly badElement?: string;
    };

export interface FaultRule {
  /** Left out: any operation. */
  readonly rpc?: string;
  /** Left out: `rpc`, the operation as a whole. */
  readonly step?: Step;
  /** Left out: `before`. */
  readonly moment?: 'before' | 'after';
  /** A further condition. */
  readonly when?: (point: FaultPoint) => boolean;
  /** How often the rule applies before it is gone. Default 1; `Infinity` for always. */
  readonly times?: number;
  readonly outcome: FaultOutcome;
}

export interface Faults {
  /** Adds a rule behind the others; the first that fits a point is used. Returns what takes it away again. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** How many rules are left. */
  readonly size: number;
  /** The outcome due at a point, which uses it up. */
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
