/**
 * The calls of each attempt of an activity that are under way: begun, and not answered yet. An attempt has to end after all its calls. A call that is
 * still under way at the end of its attempt was not awaited, so whatever comes next may come before it. A write that begins after the end was not
 * awaited either.
 */
interface Call {
  readonly activity: string;
  readonly call: string;
}

export class CallsUnderWay {
  /** The calls that were not awaited. */
  readonly unawaited: Call[] = [];
  readonly #open = new WeakMap<object, Set<Call>>();
  readonly #ended = new WeakSet<object>();

  /** A call begins. Returns a function to be called when the call is over, however it ended. `step`: `undefined` if no activity makes the call. */
  begin(step: (Call & { readonly attempt: object }) | undefined, writes: boolean): () => void {
    if (step === undefined) return () => undefined;
    const { attempt, activity, call } = step;
    if (writes && this.#ended.has(attempt)) this.unawaited.push({ activity, call });
    const open = this.#open.get(attempt) ?? new Set();
    const one = { activity, call };
    if (!isShared(one))
      for (const other of open)
        if (comesAlone(other) && kindOf(other) !== kindOf(one)) this.unawaited.push(other);
    this.#open.set(attempt, open.add(one));
    return () => open.delete(one);
  }

  /** An attempt ends. After a failure a read may still be under way for which nobody waits any more. That is allowed, because a read changes nothing. */
  end(attempt: object, how: 'completed' | 'failed'): void {
    this.#ended.add(attempt);
    if (how === 'completed')
      this.unawaited.push(...[...(this.#open.get(attempt) ?? [])].filter((one) => !isShared(one)));
  }
}

/**
 * Activities that look at a router on behalf of all looks of their worker. Such an activity may write, or end, before the others have what they wait
 * for.
 */
const SHARING: readonly string[] = ['poll', 'publishUnchanged'];

function isShared({ activity, call }: Call): boolean {
  return SHARING.includes(activity) && call.startsWith('get-');
}

/**
 * Whether nothing else of the attempt may be under way beside a call: it prepares what comes next, or ends what came before. All other calls may be
 * under way for both routers at once, or are reads.
 */
function comesAlone({ call }: Call): boolean {
  return /^etcd (mark|add|cancel|issue|publish|register|reserve|end|void|permit apply)/.test(call);
}

/** The kind of a call: its words without the number. A transaction reads first and then writes, so two calls of one kind may follow each other. */
function kindOf({ call }: Pick<Call, 'call'>): string {
  return call.replace(/ \w+$/, '');
}
