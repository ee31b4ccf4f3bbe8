/** Gateways that are about to be published, and the requests to publish them. */
import type { PublishRequest } from '../../etcd/publish.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { Witness, newGateway, requestFor } from './fixture.ts';
import type { TestEtcd } from './fixture.ts';
import { newRouters, requestOf } from './reservation-fixture.ts';

export const WORDS = { downlink: 'ACTIVE', uplink: 'ACTIVE' };

export function created(gateway: GatewayVersion, run = 'run-1', retentionSeconds = 3_600): PublishRequest {
  return { gateway, run, retentionSeconds, outcome: { kind: 'completed', words: WORDS } };
}

interface Failure {
  run?: string | null;
  error?: string;
  registered?: boolean;
  clean?: boolean;
  scheduled?: number;
}

export function failed(
  gateway: GatewayVersion,
  { run = 'run-1', error = 'why', registered = true, clean = true, scheduled }: Failure = {},
): PublishRequest {
  const outcome = { kind: 'failed', error, registered, clean, scheduled } as const;
  return { gateway, run, retentionSeconds: 3_600, outcome };
}

export async function configured(etcd: TestEtcd) {
  const gateway = newGateway();
  const witness = new Witness(etcd.raw, gateway);
  const configRevision = await witness.configure();
  return { gateway, witness, configRevision, store: etcd.store };
}

/** Its stack and its monitoring are recorded. It is on trial. */
export async function onTrial(etcd: TestEtcd) {
  const world = await configured(etcd);
  const { gateway, configRevision, store } = world;
  await store.register(requestFor(gateway, configRevision));
  await store.permitApply(gateway, 'run-1');
  await store.recordStack(gateway, 'run-1');
  await store.recordMonitoring(gateway, 'run-1', WORDS);
  return world;
}

/** As `onTrial`, and made permanent since. */
export async function monitored(etcd: TestEtcd) {
  const world = await onTrial(etcd);
  await keep(etcd, world.gateway);
  return world;
}

/** Made permanent on both routers, under a reservation of its own. */
export async function keep(
  { store }: Pick<TestEtcd, 'store'>,
  gateway: GatewayVersion,
  run = 'run-1',
): Promise<void> {
  const request = requestOf(newRouters());
  await store.reserve(request);
  await store.issueToken(request, {});
  await store.markSettled({ ...request, token: 1 }, { kept: [{ gateway, run }] });
  await store.endReservation(request);
}
