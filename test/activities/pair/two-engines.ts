/** What the specs of routers with two routing engines do to such a router, and ask of it. */
import assert from 'node:assert/strict';
import type { LocalRouter } from '../../../local/routers.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client } from '../../simulator/device/scene.ts';
import { tried } from './retried.ts';
import type { Scene } from './scene.ts';

/** For each commit, the newest first: whether it was synchronized. */
export function synchronized({ device }: LocalRouter): readonly boolean[] {
  return device.snapshot().history.map(({ isSynchronized = false }) => isSynchronized);
}

/** The router refuses the next `times` commits or checks with this message: by default because its other engine can't be reached. */
export function refuse(
  router: LocalRouter,
  step: 'rpc' | 'check' | 'activate',
  times: number,
  message = 'could not connect to re1',
): void {
  const outcome = { kind: 'refuse', message } as const;
  router.device.faults.add({ rpc: 'commit-configuration', step, times, outcome });
}

/** The scene's first router carries a gateway for good, and owes its removal. */
export async function owing(on: Scene): Promise<PairMember> {
  const [member] = (await on.gateways(1)) as [PairMember];
  const reservation = await on.reservation();
  await tried((context) => on.apply(reservation, [member], context));
  const operator = client(on.one.device);
  await operator.ok('<commit-configuration><synchronize/><check/></commit-configuration>');
  operator.session.close();
  on.one.server.setReachable(false);
  const { reverted } = await on.impatient.settle(reservation, { revert: [member] });
  assert.deepEqual(reverted[0]?.owedOn, ['MX-1']);
  on.one.server.setReachable(true);
  await on.deps.store.endReservation({ reservation, routers: on.ids });
  return member;
}
