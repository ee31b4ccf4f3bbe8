/**
 * Where a transaction is halted: before the decisive request, after it, before its reply, or after the reply. The router waits at that point, and then
 * carries out the request, whether its client is still connected or not.
 */
import type { FaultPoint, FaultRule } from '../../simulator/server/index.ts';
import type { LocalRouter } from '../../local/routers.ts';

/**
 * Which request is decisive: `apply`, the confirmed commit; `confirm`, the check with which settle confirms; `removal`, the commit with which settle
 * removes.
 */
type Act = 'apply' | 'confirm' | 'removal';
export type Where = 'primary' | 'secondary' | 'both';

/** A point on a router, when it is passed for the `nth` time. */
interface Point extends Pick<FaultRule, 'step' | 'moment'> {
  readonly rpc: string;
  readonly nth: number;
}

const COMMIT = 'commit-configuration';

/**
 * The points for a gateway that is alone in its batch. The router checks for the check (1), for the commit (2), and then for a check that confirms or a
 * commit that removes (3).
 */
const POINTS: Readonly<Record<Act, Readonly<Record<string, Point>>>> = {
  apply: {
    'before the request': { rpc: COMMIT, step: 'check', moment: 'after', nth: 1 },
    'after the request': { rpc: COMMIT, step: 'activate', moment: 'before', nth: 1 },
    'before the reply': { rpc: COMMIT, step: 'activate', moment: 'after', nth: 1 },
    'after the reply': { rpc: 'unlock', moment: 'before', nth: 1 },
  },
  confirm: {
    'before the request': { rpc: 'lock', moment: 'after', nth: 2 },
    'after the request': { rpc: COMMIT, step: 'check', moment: 'before', nth: 3 },
    'before the reply': { rpc: COMMIT, moment: 'after', nth: 3 },
    'after the reply': { rpc: 'unlock', moment: 'before', nth: 2 },
  },
  removal: {
    'before the request': { rpc: 'lock', moment: 'after', nth: 2 },
    'after the request': { rpc: COMMIT, step: 'activate', moment: 'before', nth: 2 },
    'before the reply': { rpc: COMMIT, step: 'activate', moment: 'after', nth: 2 },
    'after the reply': { rpc: 'unlock', moment: 'before', nth: 2 },
  },
};

export interface Halt {
  readonly act: Act;
  readonly moment: string;
  readonly where: Where;
}

export const HALTS: readonly Halt[] = Object.entries(POINTS).flatMap(([act, points]) =>
  Object.keys(points).flatMap((moment) =>
    (['primary', 'secondary', 'both'] as const).map((where) => ({ act: act as Act, moment, where })),
  ),
);

/** The halts of a batch that is kept in part: the commit that removes some members makes the others permanent. */
export const MIXED: readonly Halt[] = (
  [
    ['before the request', 'secondary'],
    ['after the request', 'primary'],
    ['before the reply', 'secondary'],
    ['before the reply', 'both'],
  ] as const
).map(([moment, where]) => ({ act: 'removal', moment, where }));

/** Makes routers of a pair halt. Resolves when all routers that are to halt have come to the point. They go on after `ms`. */
export async function halted(
  [primary, secondary]: readonly [LocalRouter, LocalRouter],
  { act, moment, where }: Halt,
  ms: number,
): Promise<void> {
  const point = POINTS[act][moment];
  if (point === undefined) throw new Error(`no point "${moment}" of ${act}`);
  const { nth, ...rule } = point;
  const hit = { primary: [primary], secondary: [secondary], both: [primary, secondary] }[where];
  await Promise.all(
    hit.map(
      ({ device }) =>
        new Promise<void>((resolve) => {
          let times = 0;
          const when = (): boolean => (times += 1) === nth && (resolve(), true);
          device.faults.add({ ...rule, when, outcome: { kind: 'delay', ms } });
        }),
    ),
  );
}

export interface Ear {
  /** When the router was last asked for something, in ms since the epoch. */
  readonly lastAsked: () => number;
  /** Marks the session that was the last to request the lock: it counts until it requests the lock again. */
  mark(): void;
  /** From now on the commits and checks of the marked session are noted in `heard`. */
  listen(): void;
  readonly heard: readonly string[];
}

/**
 * Hears which sessions lock a router, and which of them commit or check something. `heard` also tells what that session has asked for before, and when, in
 * ms since the worker was stopped.
 */
export function earAt({ name, device }: LocalRouter): Ear {
  const heard: string[] = [];
  const requests = new Map<number, { readonly rpc: string; readonly at: number }[]>();
  let last: number | undefined;
  let stale: number | undefined;
  let stoppedAt = 0;
  let lastAsked = 0;
  let isListening = false;
  const hear = ({ rpc, session }: FaultPoint): false => {
    lastAsked = Date.now();
    const asked = [...(requests.get(session) ?? []), { rpc, at: lastAsked }].slice(-12);
    requests.set(session, asked);
    if (rpc === 'lock') {
      last = session;
      if (session === stale) stale = undefined;
    }
    if (rpc === COMMIT && isListening && session === stale) {
      const words = asked.map((one) => `${one.rpc} at ${one.at - stoppedAt} ms`);
      heard.push(`${name}: session ${session}: ${words.join(', ')}`);
    }
    return false;
  };
  device.faults.add({ when: hear, times: Infinity, outcome: { kind: 'delay', ms: 0 } });
  return {
    lastAsked: () => lastAsked,
    mark: () => {
      stale = last;
      stoppedAt = Date.now();
    },
    listen: () => void (isListening = true),
    heard,
  };
}

/** Resolves when none of these routers has been asked for anything for this long. */
export async function quiet(ears: readonly Ear[], ms: number): Promise<void> {
  while (ears.some(({ lastAsked }) => Date.now() - lastAsked() < ms))
    await new Promise((resolve) => setTimeout(resolve, 20));
}
