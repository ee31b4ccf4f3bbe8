import assert from 'node:assert/strict';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { startWorker } from '../../local/worker-process.ts';
import { tracesOf } from '../world/evidence.ts';
import { assertMixedAtRest, gatherMixed } from './matrix-mixed.ts';
import type { Mixed } from './matrix-mixed.ts';
import { earAt, halted, HALTS, MIXED, quiet } from './matrix-points.ts';
import type { Halt } from './matrix-points.ts';
import { assertAtRest } from './matrix-quiescence.ts';
import type { Expected } from './matrix-quiescence.ts';
import { Proxy } from '../../local/proxy.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** Longer than the heartbeat time-out: the next attempt comes while the routers are still at it. */
const HALT_MS = 28_000;
/** How long pairs may take until they are halted. */
const REACH_MS = 60_000;
/** A request that a worker was about to send when it was stopped is sent when it wakes up. So no router of a halted pair may be about to be asked. */
const QUIET_MS = 400;
/** How long a service that never comes up is waited for. The looks at all routers together must not keep the machine busy. */
const policy = { vrrpIntervalMs: 500, vrrpLimitMs: 6_000 };

const nameOf = ({ act, moment, where }: Halt): string => `${act}, ${moment}, on ${where}`;

/** One gateway on each of many pairs, each pair halted at another point: at one moment, all of them are. */
describe('a worker that is lost while its pairs are at every point of a transaction', function () {
  this.timeout(240_000);
  let site: Site;
  let store: Store;
  for (const [how, lose] of [
    ['is killed', killed],
    ['stands still, is thought dead and wakes up', frozen],
  ] as const) {
    describe(`and ${how}`, () => {
      const all = new Map<string, Expected>();
      const mixed = new Map<string, Mixed>();
      before(async () => {
        site = await openSite(HALTS.length + MIXED.length);
        store = openStore({ endpoints: site.stack.etcd.endpoints });
        await lose(all, mixed);
      });
      after(async () => {
        store.close();
        await site.close();
      });
      for (const halt of HALTS) {
        it(`${nameOf(halt)}: comes to rest, with one published outcome and both routers in accordance`, async () => {
          const expected = all.get(nameOf(halt));
          assert.ok(expected, 'it never came there');
          await assertAtRest(site, store, expected);
        });
      }
      for (const halt of MIXED) {
        it(`${nameOf(halt)}, of one in three: comes to rest, each with its own outcome`, async () => {
          const expected = mixed.get(nameOf(halt));
          assert.ok(expected, 'it never came there');
          await assertMixedAtRest(site, store, expected);
        });
      }
    });
  }

  async function killed(all: Map<string, Expected>, mixed: Map<string, Mixed>): Promise<void> {
    const worker = await startWorker(site.stack, { policy, name: 'worker-killed' });
    await haltAll(all, mixed);
    worker.signal('SIGKILL');
    await worker.exited;
    await startWorker(site.stack, { policy, name: 'worker-after' });
  }

  async function frozen(all: Map<string, Expected>, mixed: Map<string, Mixed>): Promise<void> {
    const relay = await Proxy.open(site.stack.temporal.address);
    const environment = { ...site.stack.environment, TEMPORAL_ADDRESS: relay.endpoint };
    const worker = await startWorker({ ...site.stack, environment }, { policy, name: 'worker-frozen' });
    const ears = site.stack.routers.map(earAt);
    await haltAll(all, mixed);
    await quiet(ears, QUIET_MS);
    worker.signal('SIGSTOP');
    for (const ear of ears) ear.mark();
    const reservations = await Promise.all(site.stack.routers.map(reservationOn));
    assert.ok(!reservations.includes('none'), 'a transaction was over before');
    // The server cannot give a task to its earlier polls now.
    relay.drop();
    await startWorker(site.stack, { policy, name: 'worker-second' });
    for (const [index, router] of site.stack.routers.entries())
      while ((await reservationOn(router)) === reservations[index])
        await new Promise((resolve) => setTimeout(resolve, 100));
    // What comes before was on its way when it was stopped.
    for (const ear of ears) ear.listen();
    worker.signal('SIGCONT');
    const runs = [...all.values(), ...[...mixed.values()].flatMap(({ members }) => members)];
    await Promise.all(runs.map(({ run }) => run.result()));
    assert.deepEqual(
      ears.flatMap(({ heard }, index) =>
        heard.map((what) => `${[...HALTS, ...MIXED].map(nameOf)[index >> 1] ?? ''}: ${what}`),
      ),
      [],
      'what had stood still has committed or confirmed',
    );
    assert.deepEqual(await worker.stop(), { code: 0, signal: null });
    await relay.close();
  }

  async function reservationOn({ id }: { readonly id: string }): Promise<string> {
    const { reservation } = await store.router(id);
    return reservation === null ? 'none' : `${reservation.id} ${reservation.token}`;
  }

  /**
   * Resolves when every pair is halted. Those that halt at a removal come first, because they get there last: so the first halt is not over before the last
   * one begins.
   */
  async function haltAll(all: Map<string, Expected>, mixed: Map<string, Mixed>): Promise<void> {
    const gone = new Set<string>();
    const toHalt = async (name: string, reached: Promise<void>) => {
      gone.add(name);
      await reached;
      gone.delete(name);
    };
    const gathered = await Promise.all(
      MIXED.map(async (halt, index) => {
        const pair = HALTS.length + index;
        const reached = toHalt(`${nameOf(halt)}, of one in three`, halted(site.pair(pair), halt, HALT_MS));
        const group = await gatherMixed(site, store, pair);
        mixed.set(nameOf(halt), group);
        return async () => Promise.all([reached, group.go()]);
      }),
    );
    const create = async (halt: Halt, index: number) => {
      const routers = site.pair(index);
      const gateway = await site.write('vpn_gateway', index);
      const ends = halt.act === 'removal' ? ('not converged' as const) : ('created' as const);
      if (ends !== 'created')
        routers[0].device.holdVrrpDown(`ae0.${String(gateway.gateway.body['downlink_vlan_id'])}`, true);
      const reached = toHalt(nameOf(halt), halted(routers, halt, HALT_MS));
      const before = tracesOf(routers);
      const run = await site.client.create(gateway);
      all.set(nameOf(halt), { gateway, ends, routers, before, run });
      await reached;
    };
    const those = (isRemoval: boolean) =>
      HALTS.flatMap((halt, index) => ((halt.act === 'removal') === isRemoval ? [create(halt, index)] : []));
    const inTime = async (work: readonly Promise<unknown>[]): Promise<void> => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const name = () => reject(new Error(`never came to: ${[...gone].join('; ')}`));
        timer = setTimeout(name, REACH_MS);
      });
      await Promise.race([Promise.all(work), late]);
      clearTimeout(timer);
    };
    await inTime([...gathered.map((go) => go()), ...those(true)]);
    await inTime(those(false));
  }
});
