/**
 * Where a transaction is halted: before the decisive request, after it, before its reply, after the reply. The router waits there, then
 * carries out the request, whether or not its client is still connected.
 */
import type { FaultPoint, FaultRule } from '../../simulator/server/index.ts';
import type { LocalRouter } from '../../local/routers.ts';

/** Whose request it is: apply's confirmed commit, settle's check that confirms, settle's commit that removes. */
type Act = 'apply' | 'confirm' | 'removal';
export type Where = 'primary' | 'secondary' | 'both';

/** The `nth` time that it is passed on a router. */
interface Point extends Pick<FaultRule, 'step' | 'moment'> {
  readonly rpc: string;
  readonly nth: number;
}

const COMMIT = 'commit-configuration';

/** A gateway alone in its batch: check (1), commit (2, checked once more), then a check (3) that confirms or a commit (3) that removes. */
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

/** Of a batch that is kept in part: the commit that removes some of it makes the rest permanent. */
export const MIXED: readonly Halt[] = (
  [
    ['before the request', 'secondary'],
    ['after the request', 'primary'],
    ['before the reply', 'secondary'],
    ['before the reply', 'both'],
  ] as const
).map(([moment, where]) => ({ act: 'removal', moment, where }));

/** Arms the routers of a pair. Resolves when all that are to halt have come to the point; they go on after `ms`. */
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

interface Ear {
  /** The session that requested the lock last is the one that counts, until it requests the lock again. */
  mark(): void;
  /** The session's commits and checks count from now on. */
  listen(): void;
  readonly heard: readonly string[];
}

/** Hears which sessions lock a router, and which of them commit or check something. */
export function earAt({ name, device }: LocalRouter): Ear {
  const heard: string[] = [];
  let last: number | undefined;
  let stale: number | undefined;
  let listening = false;
  const hear = (rpc: string, listener: (point: FaultPoint) => void): void => {
    const when = (point: FaultPoint): boolean => (listener(point), false);
    device.faults.add({ rpc, when, times: Infinity, outcome: { kind: 'delay', ms: 0 } });
  };
  hear('lock', ({ session }) => {
    last = session;
    if (session === stale) stale = undefined;
  });
  hear(COMMIT, ({ session }) => {
    if (listening && session === stale) heard.push(`${name}: session ${session}`);
  });
  return {
    mark: () => void (stale = last),
    listen: () => void (listening = true),
    heard,
  };
}
