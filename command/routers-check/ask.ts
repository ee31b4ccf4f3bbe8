/** What etcd has of a router that is checked, and of the gateway that is named. */
import { targetOf } from '../../activities/router/router-target.ts';
import { preparePlan } from '../../activities/saga/planner.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import type { Store } from '../../etcd/store.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import { ROLES } from '../../gateway/resource.ts';
import { loadKinds } from '../../templates/load.ts';
import type { CheckedRouter } from './check.ts';
import type { CheckOptions } from './options.ts';
import { Transcript } from './transcript.ts';
import { idsOf } from '../named-gateways.ts';
import { Names } from '../names.ts';
import { UsageError } from '../usage.ts';

export type RouterToCheck = Omit<CheckedRouter, 'session'>;

/** What etcd has of the router and of the gateway. Throws if etcd does not answer, or if what was named is not there. */
export async function askable(store: Store, options: CheckOptions): Promise<RouterToCheck> {
  const { worker } = options;
  const id = await new Names(store).routerIdOf(options.id);
  const [{ name, target }, record, gateway] = await Promise.all([
    targetOf(store.snapshot(), id),
    store.router(id).catch((error: unknown) => {
      if (error instanceof StoreCorruptError) return error;
      throw error;
    }),
    renderedFor(store, { ...options, id }),
  ]);
  const address = `${target.address}:${target.port}`;
  const transcript = new Transcript({ name, address }, [target.password ?? '', ...(gateway?.secrets ?? [])]);
  const asked = { id, name, target, policy: worker.policy, record, transcript };
  return gateway === undefined ? asked : { ...asked, rendered: gateway.rendered };
}

interface Rendered {
  readonly rendered: RouterConfiguration | string;
  readonly secrets: readonly string[];
}

/** What the gateway would put on this router, whatever stands of the gateway now. `undefined`: no gateway was named. */
async function renderedFor(
  store: Store,
  { id, gateway, worker }: CheckOptions,
): Promise<Rendered | undefined> {
  if (gateway === undefined) return undefined;
  const kinds = await loadKinds(worker.templates);
  const [named = gateway] = await idsOf([gateway], store, new Set(kinds.keys()));
  const afresh: Store = { ...store, state: async () => undefined, planRecord: async () => undefined };
  const outcome = await preparePlan({ store: afresh, kinds }, named);
  if (outcome.kind === 'ended' || outcome.kind === 'kept') throw new Error('expected no outcome, got one');
  if (outcome.kind === 'nothing') return { rendered: MARKED, secrets: [] };
  if (outcome.kind !== 'prepared') return { rendered: outcome.reason, secrets: [] };
  const { routers, changes, provisioning, monitoring } = outcome.preparation;
  const role = ROLES.find((one) => routers[one].ref.id === id);
  if (role === undefined) {
    const on = ROLES.map((one) => routers[one].ref.id).join(' and ');
    throw new UsageError(`--for: expected a gateway on router ${id}, got one on ${on}`);
  }
  const secrets = [...provisioning, ...monitoring].flatMap(({ secret, value }) =>
    secret && typeof value === 'string' ? [value] : [],
  );
  return { rendered: changes[role].after ?? MARKED, secrets };
}

const MARKED = 'it is marked for deletion';
