/** Whether a gateway stands, and no change of it is under way: then its stanzas are there, and operators put statements of their own into them. */
import { KEYS } from '../../etcd/keys.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import type { Etcd } from './etcd.ts';

export function isSettled(etcd: Pick<Etcd, 'value'>, test: TestGateway): boolean {
  const { state, version } = read(etcd.value(KEYS.state(test)));
  const { gateway } = read(etcd.value(KEYS.plan(test)));
  return (
    state?.worker_state === 'CREATE_COMPLETED' &&
    version === test.gateway.version &&
    version === gateway?.version
  );
}

export function versionIn(record: string | undefined): number | undefined {
  return read(record).version;
}

interface Fields {
  readonly state?: { readonly worker_state: string };
  readonly gateway?: { readonly version: number };
  readonly version?: number;
}

function read(record = '{}'): Fields {
  return JSON.parse(record) as Fields;
}
