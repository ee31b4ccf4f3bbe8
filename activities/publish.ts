import { FAILURES } from '../gateway/failures.ts';
import type { PublishFailedInput, SeenInput } from '../gateway/outcomes.ts';
import type { Role } from '../gateway/resource.ts';
import { classified } from './classify.ts';
import type { Dependencies } from './dependencies.ts';
import { wordsOf } from './record.ts';
import { RefusedError } from './refused.ts';
import { supersededText } from './register.ts';

/** Says in `/state` that the gateway stands. Fails with `Superseded` when the configuration, or `/state`, has moved on. */
export function publishingCreated({ store, policy }: Dependencies) {
  return ({ gateway, run, seen }: SeenInput): Promise<void> =>
    classified(Infinity, async () => {
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
    });
}

/** Says in `/state` why there is no gateway; what stands there at this version or a newer one is left alone. */
export function publishingFailed({ store, policy }: Dependencies) {
  return ({ gateway, run, error, registered, clean }: PublishFailedInput): Promise<void> =>
    classified(Infinity, async () => {
      await store.publish({
        gateway,
        run,
        outcome: { kind: 'failed', error, registered, clean },
        retentionSeconds: policy.retentionSeconds,
      });
    });
}
