import assert from 'node:assert/strict';
import type { Entry } from '../../etcd/client.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { seenOnRouters } from '../../etcd/state.ts';

const entry = (value: string | undefined): Entry => ({
  key: '/monitoring/v2.0/vpn_gateways/1',
  value: value === undefined ? undefined : Buffer.from(value),
  modRevision: '7',
  lease: '0',
});
const plan = (version: number) =>
  ({
    gateway: { resourceType: 'vpn_gateway', resourceId: '1', version },
    routers: { primary: { id: 'one' }, secondary: { id: 'other' } },
  }) as PlanRecord;
const SEEN = '{"status":{"primary":"MASTER","secondary":"BACKUP"},"version":3}';

describe('what was seen on the routers of a version', () => {
  it('is read from /monitoring, with the routers of the plan record', () => {
    assert.deepEqual(seenOnRouters(3, entry(SEEN), plan(3)), {
      primary: { id: 'one', vrrp: 'MASTER' },
      secondary: { id: 'other', vrrp: 'BACKUP' },
    });
  });

  const unknown: readonly [
    what: string,
    version: number | null,
    value: string | undefined,
    plan?: PlanRecord,
  ][] = [
    ['/monitoring is of an earlier version', 4, SEEN, plan(4)],
    ['the plan record is of another version', 3, SEEN, plan(4)],
    ['there is no plan record', 3, SEEN],
    ['there is no /monitoring', 3, undefined, plan(3)],
    ['/state has no version', null, SEEN, plan(3)],
    ['/monitoring is no JSON', 3, 'MASTER', plan(3)],
    ['/monitoring has no status', 3, '{"version":3}', plan(3)],
    ['/monitoring has half a status', 3, '{"version":3,"status":{"primary":"MASTER"}}', plan(3)],
    ['/monitoring has no words', 3, '{"version":3,"status":{"primary":1,"secondary":2}}', plan(3)],
  ];
  for (const [what, version, value, record] of unknown)
    it(`is not known where ${what}`, () => {
      assert.equal(seenOnRouters(version, entry(value), record), undefined);
    });
});
