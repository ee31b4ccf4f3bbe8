/** What stands under our keys when it is not what we wrote, and under `/config` when somebody means harm. */
import assert from 'node:assert/strict';
import type { Entry, EtcdClient } from '../../etcd/client.ts';
import { recordOf } from '../../etcd/envelope.ts';
import { StoreCorruptError } from '../../etcd/errors.ts';
import { planRecordOf } from '../../etcd/plan-record.ts';
import { owedChangeOf, readEntry } from '../../etcd/router-record.ts';
import { requestFor } from './fixture.ts';

const gateway = { resourceType: 'vpn_gateway', resourceId: 'g-1', version: 1 };
const plan = {
  ...requestFor(gateway, '1').planRecord,
  config: { revision: '1', digest: 'sha256:00', secretFields: [] },
  mayBeApplied: true,
};
const { after } = plan.routers.primary;
const change = { before: after, after: null };
const owedChange = { gateway, role: 'primary', change, since: '2024-01-01T00:00:00Z', reason: 'away' };
const reservation = {
  id: 't-1',
  pair: 'router_pair:a+b',
  since: '2024-01-01T00:00:00Z',
  token: 1,
  sessions: ['7'],
  members: [{ gateway, run: 'run-1' }],
  committedAt: null,
};

function entry(value: unknown): Entry {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { key: '/k', value: Buffer.from(text), modRevision: '1', lease: '0' };
}

const readReservation = (found: Entry) =>
  readEntry({ read: () => Promise.resolve([found]) } as unknown as EtcdClient, 'test', 'r-1');

describe('a record of ours is taken for one', () => {
  it('when it is whole', async () => {
    assert.deepEqual(planRecordOf(entry(plan)), plan);
    assert.deepEqual(owedChangeOf(entry(owedChange)), owedChange);
    assert.deepEqual((await readReservation(entry({ reservation }))).record, {
      reservation,
      maintenance: null,
    });
  });

  const broken: Readonly<Record<string, unknown>> = {
    'a stanza that is no list of words': { ...after, owns: [null] },
    'a command that is no text': { ...after, remove: [5] },
    'no configuration text': { ...after, create: undefined },
    'a monitor that is none': { ...after, monitors: [{ name: 'downlink' }] },
  };
  for (const [what, wrong] of Object.entries(broken)) {
    it(`but not with ${what}`, () => {
      for (const ends of [
        { before: null, after: wrong },
        { before: wrong, after: null },
        { before: wrong },
        { after: wrong },
      ]) {
        const routers = { ...plan.routers, secondary: { id: 'r-2', ...ends } };
        assert.throws(() => planRecordOf(entry({ ...plan, routers })), StoreCorruptError);
        assert.throws(() => owedChangeOf(entry({ ...owedChange, change: ends })), StoreCorruptError);
      }
    });
  }

  it('but not without the gateway that it is about', async () => {
    const other = { version: 1 };
    assert.throws(() => planRecordOf(entry({ ...plan, gateway: other })), StoreCorruptError);
    assert.throws(() => owedChangeOf(entry({ ...owedChange, gateway: other })), StoreCorruptError);
    for (const members of [[null], [{ gateway: other, run: 'x' }], [{ gateway }]])
      await assert.rejects(
        readReservation(entry({ reservation: { ...reservation, members } })),
        StoreCorruptError,
      );
  });

  it('but not with fields of another type', async () => {
    for (const fields of [
      { jobs: {} },
      { kind: null },
      { tenant: 5 },
      { scheduled: 'now' },
      { mayBeApplied: 'yes' },
    ])
      assert.throws(() => planRecordOf(entry({ ...plan, ...fields })), StoreCorruptError);
    for (const fields of [
      { role: 'third' },
      { reason: null },
      { change: null },
      { change: { before: after } },
    ])
      assert.throws(() => owedChangeOf(entry({ ...owedChange, ...fields })), StoreCorruptError);
    for (const fields of [{ sessions: [7] }, { earlier: 't-0' }, { call: { scheduled: 'now', attempt: 1 } }])
      await assert.rejects(
        readReservation(entry({ reservation: { ...reservation, ...fields } })),
        StoreCorruptError,
      );
  });
});

describe('a configuration that is nested too deep to be written into a job', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  for (const [what, text] of [
    ['as an object', `{"version":7,"body":{"id":"g-1","x":${deep}}}`],
    ['as a text', JSON.stringify({ version: 7, body: `{"id":"g-1","x":${deep}}` })],
  ] as const) {
    it(`is malformed, ${what}`, () => {
      const found = recordOf({ type: 'vpn_gateway', id: 'g-1' }, entry(text));
      assert.ok('kind' in found && found.kind === 'malformed');
      assert.match(found.reason, /is nested deeper than 100 levels/);
    });
  }
});
