/** What is sent to a router in order to load changes, and which changes must not be sent. */
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Done, Operation } from '../../netconf/operation.ts';
import type { LoadResult } from './judge.ts';
import { loadsInOrder } from './load.ts';
import type { Subject } from './look.ts';
import { outOfPlace } from './out-of-place.ts';
import type { GatewayChange } from './presence.ts';
import { standingIn } from './presences.ts';
import type { RunningConfiguration } from './running.ts';
import type { Revealer } from './secrets.ts';

export interface PreparedLoads<T> {
  readonly loads: readonly { readonly item: T; readonly load: Operation<Done> }[];
  /** Changes that must not be loaded, with the reason. If there are any, nothing is sent. */
  readonly culprits: ReadonlyMap<T, Error>;
}

/** `running`: what the last look has shown. */
export function preparedLoads<T extends GatewayChange>(
  items: readonly T[],
  { family, claimedInside }: Subject,
  running: RunningConfiguration,
  revealerOf: (gateway: GatewayRef) => Revealer,
): PreparedLoads<T> {
  const around = {
    standing: ({ change }: T) => standingIn(running, change),
    parentsOf: ({ gateway }: T) => family.parentsOf(gateway),
    running: running.tree,
  };
  const { loads, withoutSecrets } = loadsInOrder(items, around, revealerOf);
  const misplaced = outOfPlace({ running, family, claimedInside }, items);
  return { loads, culprits: new Map([...withoutSecrets, ...misplaced]) };
}

/** The result with its errors changed. */
export function withErrors<T>(result: LoadResult<T>, change: (error: Error) => Error): LoadResult<T> {
  switch (result.kind) {
    case 'accepted':
      return result;
    case 'unclear':
      return { ...result, error: change(result.error) };
    case 'refused':
      return {
        kind: 'refused',
        culprits: new Map([...result.culprits].map(([item, error]) => [item, change(error)])),
      };
  }
}
