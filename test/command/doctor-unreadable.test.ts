/** What doctor says where a plan record can't be read, or only by a newer version of gateway-saga. */
import assert from 'node:assert/strict';
import { findingsOf } from '../../command/doctor-findings.ts';
import { look } from '../../command/doctor-look.ts';
import type { Sources } from '../../command/doctor-look.ts';
import { readableOrNewer } from '../../etcd/errors.ts';
import { KEYS } from '../../etcd/keys.ts';
import { planRecordOf } from '../../etcd/plan-record.ts';
import { DEFAULT_POLICY } from '../../gateway/policies.ts';
import { loadKinds } from '../../templates/load.ts';

const gateway = { resourceType: 'vpn_gateway', resourceId: 'g' };
const parent = { resourceType: 'vpn_gateway', resourceId: 'parent' };
const CREATED = { version: 1, revision: '4', workerState: 'CREATE_COMPLETED', error: '' };

/** The findings where etcd has this plan record of the gateway, and a claim and keys of a child of it. */
async function findings(value: string, states: readonly object[]) {
  const kinds = await loadKinds();
  const entry = { key: KEYS.plan(gateway), value: Buffer.from(value), modRevision: '5', lease: '0' };
  const family = (key: string) => [{ key, gateway: parent, other: gateway }];
  const store = {
    publishedKinds: async () => [],
    names: async () => [],
    routers: async () => new Map(),
    secrets: async () => [],
    inventory: async () => ({
      plans: [],
      unreadable: [readableOrNewer(() => planRecordOf(entry))],
      claims: new Map([[KEYS.claim('A', ['interfaces', 'ae0', 'unit', '5']), gateway]]),
      referrers: family(KEYS.referrer(parent, gateway)),
      changing: family(KEYS.changing(parent, gateway)),
      waiting: [],
      routerIds: [],
      states,
    }),
    snapshot: () => ({
      read: async () => ({ kind: 'missing' }),
      readTemplate: async () => ({ kind: 'missing' }),
      recordsRead: [],
    }),
    state: async () => undefined,
    planRecord: async () => planRecordOf(entry),
  };
  const sources = { store, kinds, pool: {}, policy: DEFAULT_POLICY, running: new Set() };
  return findingsOf(await look(sources as unknown as Sources));
}

describe('gateway-saga doctor, of a plan record', () => {
  for (const [what, value, mend] of [
    ['of a newer version', '{"schema":99}', /^use the version of gateway-saga that has written it/],
    ["that can't be read", '{"schema":', /^look at the record and at the routers/],
  ] as const)
    for (const states of [[], [{ ...gateway, ...CREATED }]])
      it(`${what} says only that it can't be read, with ${states.length} /state`, async () => {
        const [found, ...more] = await findings(value, states);
        assert.match(found?.what ?? '', /plans\/vpn_gateways\/g can't be read/);
        assert.match(found?.mend ?? '', mend);
        // Whoever can't read the record must not remove what it explains.
        assert.deepEqual(more, []);
      });
});
