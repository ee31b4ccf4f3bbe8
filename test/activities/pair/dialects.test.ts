/** The transaction on routers, over SSH, that write their replies in each of the forms that real routers use. */
import assert from 'node:assert/strict';
import { observe } from '../../../activities/router/observe.ts';
import { targetOf } from '../../../activities/router/router-target.ts';
import { serviceOf, wantedBy } from '../../../activities/router/service.ts';
import { polling } from '../../../activities/saga/poll.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { Role } from '../../../gateway/resource.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import { SHORT_MINUTES } from '../../../local/short-minutes.ts';
import { parse } from '../../../junos/parse.ts';
import { RpcFailedError } from '../../../netconf/errors.ts';
import {
  check,
  commitInformation,
  discardChanges,
  getConfiguration,
  loadSet,
  lock,
  unlock,
  vrrpInterface,
  vrrpSummary,
} from '../../../netconf/operations.ts';
import type { Session } from '../../../netconf/session.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { Dialect } from '../../../simulator/device/dialect.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client } from '../../simulator/device/scene.ts';
import { inActivity, scheduledNow } from '../activity.ts';
import { assertFree, carries } from './router-facts.ts';
import { openScene, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { spoil } from './spoil.ts';

const NO_FILTER = {
  change: (create: string) => create.replace(/input \S+;/, 'input NO-SUCH-FILTER;'),
  says: /check was refused: .*NO-SUCH-FILTER/,
};
const BROKEN = {
  change: (create: string) => `${create}\ninterfaces { ae0 { nonsense 5 { } } }`,
  says: /load-configuration was refused: syntax error/,
};
const COUNTED = { ...BROKEN, says: /load-configuration was refused: load-error-count 1/ };

const ALL: Dialect = {
  routingEngine: 'open',
  errors: 'rpc-error',
  sourceDaemon: 'inside',
  vrrpGroups: 'together',
  vrrpIdle: 'output',
  nothing: 'none',
  wrapped: true,
  synchronizeComment: true,
  interfaceSpecific: 'all',
  editsInUse: 'private',
  logs: 'latin-1',
  beyondAscii: 'octets',
};

const dialects: readonly (readonly [name: string, dialect: Partial<Dialect>, load?: typeof BROKEN])[] = [
  ['the documented one', {}],
  ['an open <routing-engine>', { routingEngine: 'open' }],
  ['<xnm:error>', { errors: 'xnm' }],
  ['<load-error-count> alone', { errors: 'count' }, COUNTED],
  ['<source-daemon> within <error-info>', { sourceDaemon: 'inside' }],
  ['the VRRP groups of a port together', { vrrpGroups: 'together' }],
  ['VRRP that does not run, as output', { vrrpIdle: 'output', wrapped: true }],
  ['VRRP that does not run, as <xnm:warning>', { vrrpIdle: 'xnm' }],
  ['no content for nothing', { nothing: 'none' }],
  ['<ok/> for nothing', { nothing: 'ok' }],
  ['several routing engines', { wrapped: true }],
  ['two comments', { synchronizeComment: true }],
  ['interface-specific filters', { interfaceSpecific: 'all' }],
  ['a log in Latin-1', { logs: 'latin-1' }],
  ['a log with a control character', { logs: 'control' }],
  ['a log with a wildcard', { logs: 'wildcard' }],
  ['all of them', ALL],
];

/** Those units of the gateways on a router that have a VRRP group. */
function unitsOf({ id }: LocalRouter, members: readonly PairMember[]): readonly string[] {
  return members
    .flatMap((member) => ownedOn(member, id))
    .flatMap(([top, port, , unit]) => (top === 'interfaces' && port === 'ae0' ? [`${port}.${unit}`] : []))
    .sort();
}

describe('both routers carry a gateway, and a refused one is told, in every dialect', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;

  async function open(dialect: Partial<Dialect>): Promise<Scene> {
    const policy = { ...SHORT_MINUTES.policy, vrrpIntervalMs: 50, vrrpLimitMs: 5_000 };
    scene = await openScene(etcd(), { device: { dialect }, policy });
    return scene;
  }

  afterEach(async () => {
    try {
      await assertFree(scene);
    } finally {
      await scene.close();
    }
  });

  async function onSession<T>({ id }: LocalRouter, work: (session: Session) => Promise<T>): Promise<T> {
    const { target } = await targetOf(scene.deps.store.snapshot(), id);
    return scene.deps.routers.withSession(target, work);
  }

  async function assertWorks({ gateway, run }: PairMember): Promise<void> {
    const record = await scene.deps.store.planRecord(gateway);
    for (const role of ['primary', 'secondary'] as const satisfies readonly Role[]) {
      const router = record?.routers[role].id ?? '';
      const seen = await inActivity(scheduledNow(), () =>
        polling(scene.deps)({ gateway, run, role, router }),
      );
      assert.equal(seen.vrrp, role === 'primary' ? 'MASTER' : 'BACKUP');
    }
  }

  /** The replies that the transaction does not ask for by itself are read, too. */
  async function assertRead(session: Session, units: readonly string[], hasBadLog: boolean): Promise<void> {
    const groups = await session.request(vrrpSummary());
    assert.deepEqual(groups.map((group) => group.interface).sort(), units);
    assert.deepEqual(await session.request(vrrpInterface('ge-0/0/1.4000')), []);
    const absent = getConfiguration({ paths: [['snmp']], database: 'committed' });
    assert.deepEqual(parse(await session.request(absent)), []);
    const logs = [...(await session.request(commitInformation()))].map(({ log }) => log ?? '');
    assert.equal(
      logs.some((log) => log.includes('\ufffd')),
      hasBadLog,
    );
  }

  async function assertNamesDaemon(session: Session): Promise<void> {
    const wrong = 'set interfaces ae0 unit 7 family inet filter input NO-SUCH-FILTER';
    const [, , checked] = await session.pipeline([
      lock(),
      loadSet([wrong]),
      check(),
      discardChanges(),
      unlock(),
    ]);
    assert.ok(checked.kind === 'failed' && checked.error instanceof RpcFailedError);
    assert.notEqual(checked.error.errors[0]?.sourceDaemon, undefined);
  }

  for (const [name, dialect, load = BROKEN] of dialects)
    it(name, async () => {
      const { routers, ids } = await open(dialect);
      const vpns = await scene.gateways(3);
      const internet = await scene.gateways(1, 'internet_gateway');
      const [vpn, unchecked, unloaded] = vpns as [PairMember, PairMember, PairMember];
      await spoil(etcd(), unchecked, ids, NO_FILTER.change);
      await spoil(etcd(), unloaded, ids, load.change);
      const reserved = await scene.reservation();
      const good = [vpn, ...internet];
      const outcome = await scene.apply(reserved, [...vpns, ...internet]);
      assert.deepEqual(outcome.applied, good);
      const reasons = new Map(outcome.refused.map((refused) => [refused.member, refused]));
      for (const [member, { says }] of [[unchecked, NO_FILTER] as const, [unloaded, load] as const]) {
        assert.equal(reasons.get(member)?.type, FAILURES.RouterRefused);
        assert.match(reasons.get(member)?.reason ?? '', says);
      }
      for (const member of good) await assertWorks(member);
      for (const router of routers)
        await onSession(router, (session) => assertRead(session, unitsOf(router, good), 'logs' in dialect));
      assert.deepEqual((await scene.settle(reserved, { confirm: internet, revert: [vpn] })).kept, internet);
      for (const router of routers) {
        assert.equal(carries(router, vpn), false);
        for (const member of internet) assert.equal(carries(router, member), true);
        await onSession(router, assertNamesDaemon);
      }
    });

  for (const [dialect, says] of [
    [{ editsInUse: 'modified' }, undefined],
    [{ editsInUse: 'private' }, /^MX-1: private edits in use/],
  ] as const)
    it(`edits in a private copy ${says === undefined ? 'are no hindrance' : 'make the router busy'}: ${dialect.editsInUse}`, async () => {
      const { one } = await open({ ...dialect });
      const members = await scene.gateways(1);
      const reserved = await scene.reservation();
      const visitor = client(one.device);
      await visitor.ok('<open-configuration><private/></open-configuration>');
      await visitor.set('set interfaces ge-0/0/1 mtu 1400');
      if (says !== undefined)
        await assert.rejects(scene.apply(reserved, members), {
          name: 'NotNowError',
          type: FAILURES.RouterBusy,
          message: says,
        });
      await visitor.ok('<close-configuration/>');
      visitor.session.close();
      assert.deepEqual((await scene.apply(reserved, members)).applied, members);
      await scene.settle(reserved, { revert: members });
    });

  it('a counter of an interface-specific filter is that of the interface', async () => {
    const { one } = await open({});
    await scene.gateways(1);
    const operator = client(one.device);
    await operator.set(
      'set firewall family inet filter RATE interface-specific',
      'set firewall family inet filter RATE term all then count packets',
      'set interfaces ge-0/0/1 unit 4000 family inet filter output RATE',
      'set interfaces ge-0/0/1 unit 4001 vlan-id 4001',
    );
    await operator.commit();
    const seen = (on: string | undefined, counter = 'packets') =>
      onSession(one, async (session) => {
        const counters = [{ filter: 'RATE', counter }];
        const monitor = { name: 'rate', counters, ...(on !== undefined && { interface: on }) };
        const after = { create: '', arrange: [], remove: [], owns: [], monitors: [monitor] };
        const { words, missing } = serviceOf(await observe(session, wantedBy(after)), after);
        return missing === undefined ? words : missing;
      });
    const works = { rate: 'ACTIVE' };
    assert.deepEqual(await seen('ge-0/0/1.4000'), works);
    assert.deepEqual(await seen(undefined), works);
    assert.deepEqual(await seen('ge-0/0/1.4001'), 'rate: filter RATE is not there');
    assert.deepEqual(await seen('ge-0/0/1.4000', 'octets'), 'rate: counter octets is not in filter RATE');
    operator.session.close();
  });
});
