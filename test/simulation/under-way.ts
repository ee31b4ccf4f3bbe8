/**
 * The calls of each attempt of an activity that are under way: begun, and not answered yet. An attempt ends after all its calls. A call that is
 * still under way then was not awaited: whatever comes next may come before it. A write that begins after the end was not awaited either.
 */
interface Call {
  readonly activity: string;
  readonly call: string;
}

export class CallsUnderWay {
  /** The calls that outlasted their attempts. */
  readonly unawaited: Call[] = [];
  readonly #open = new WeakMap<object, Set<Call>>();
  readonly #ended = new WeakSet<object>();

  /** Returns what is to be called when the call is over, however it ended. `undefined`: no activity makes the call. */
  begin(step: (Call & { readonly attempt: object }) | undefined, writes: boolean): () => void {
    if (step === undefined) return () => undefined;
    const { attempt, activity, call } = step;
    if (writes && this.#ended.has(attempt)) this.unawaited.push({ activity, call });
    const open = this.#open.get(attempt) ?? new Set();
    for (const other of open)
      if (comesAlone(other) && kindOf(other) !== kindOf({ call })) this.unawaited.push(other);
    const one = { activity, call };
    this.#open.set(attempt, open.add(one));
    return () => open.delete(one);
  }

  /** After a failure a read may still be under way, for which nobody waits any more. It changes nothing. */
  end(attempt: object, how: 'completed' | 'failed'): void {
    this.#ended.add(attempt);
    if (how === 'completed')
      this.unawaited.push(...[...(this.#open.get(attempt) ?? [])].filter((one) => !isShared(one)));
  }
}

/** These look at a router on behalf of all looks of their worker. Each may end before the others have what they wait for. */
const SHARING: readonly string[] = ['poll', 'publishUnchanged'];

function isShared({ activity, call }: Call): boolean {
  return SHARING.includes(activity) && call.startsWith('get-');
}

/** These prepare what comes next, or end what came before. All others may go on for both routers at once, or are reads. */
function comesAlone({ call }: Call): boolean {
  return /^etcd (mark|add|cancel|issue|publish|register|reserve|end|void|permit apply)/.test(call);
}

/** Without its number: a transaction reads first, and then writes. */
function kindOf({ call }: Pick<Call, 'call'>): string {
  return call.replace(/ \w+$/, '');
}
