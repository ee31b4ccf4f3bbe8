import { FAILURES } from '../gateway/failures.ts';
import type { PublishFailedInput, SeenInput } from '../gateway/outcomes.ts';
import type { Role } from '../gateway/resource.ts';
import { classified } from './classify.ts';
import type { Dependencies } from './dependencies.ts';
import { wordsOf } from './record.ts';
import { RefusedError } from './refused.ts';
import { supersededText } from './register.ts';

/** Says in `/state` that the gateway stands. Fails with `Superseded` when the configuration, or `/state`, has moved on. */
export function publishingCreated(deps: Dependencies) {
  return (input: SeenInput): Promise<void> => classified(Infinity, () => publishCreated(deps, input));
}

/** Says in `/state` why there is no gateway; what stands there at this version or a newer one is left alone. */
export function publishingFailed(deps: Dependencies) {
  return (input: PublishFailedInput): Promise<void> => classified(Infinity, () => publishFailed(deps, input));
}

export async function publishCreated(
  { store, policy }: Dependencies,
  { gateway, run, seen }: SeenInput,
): Promise<void> {
  const vrrp = (role: Role) => seen.find((observation) => observation.role === role)?.vrrp ?? null;
  const outcome = await store.publish({
    gateway,
    run,
    outcome: {
      kind: 'created',
      words: wordsOf(seen),
      vrrp: { primary: vrrp('primary'), secondary: vrrp('secondary') },
    },
    retentionSeconds: policy.retentionSeconds,
  });
  if (outcome.kind === 'superseded')
    throw new RefusedError(FAILURES.Superseded, supersededText(outcome.version));
  if (outcome.kind === 'published') return;
  const { version, workerState } = outcome.state;
  if (version === gateway.version && workerState === 'CREATE_COMPLETED') return;
  throw new RefusedError(FAILURES.Superseded, `/state has version ${version} (${workerState}) already`);
}

export async function publishFailed(
  { store, policy }: Dependencies,
  { gateway, run, error, registered, clean }: PublishFailedInput,
): Promise<void> {
  await store.publish({
    gateway,
    run,
    outcome: { kind: 'failed', error, registered, clean },
    retentionSeconds: policy.retentionSeconds,
  });
}
