import assert from 'node:assert/strict';
import { EtcdClient } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { startWorker } from '../../local/worker-process.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { assertLeft, assertWhole } from './matrix-quiescence.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

describe('two workers that serve overlapping pairs of three routers', function () {
  this.timeout(90_000);
  let site: Site;
  let store: Store;
  before(async () => {
    site = await openSite(2);
    store = openStore({ endpoints: site.stack.etcd.endpoints });
    const policy = { vrrpIntervalMs: 200, vrrpLimitMs: 2_000 };
    await Promise.all(['worker-1', 'worker-2'].map((name) => startWorker(site.stack, { name, policy })));
  });
  after(async () => {
    store.close();
    await site.close();
  });

  it('reserve both routers or neither, and leave each gateway on both or neither', async () => {
    const [a, b] = site.pair(0);
    const [c] = site.pair(1);
    let number = 100;
    const of = (count: number, primary: typeof a, secondary: typeof a, ends: 'created' | 'failed') =>
      Array.from({ length: count }, () => {
        const ids = { primary: primary.id, secondary: secondary.id };
        const gateway = gatewayOn('vpn_gateway', ids, (number += 1));
        return { gateway, ends, routers: [primary, secondary] as const };
      });
    // Only A and B elect VRRP masters between them: what spans another pair never works, and is taken away again.
    const all = [
      ...of(7, a, b, 'created'),
      ...of(7, b, a, 'created'),
      ...of(3, b, c, 'failed'),
      ...of(3, c, a, 'failed'),
    ];
    for (const { gateway } of all) await write(gateway);
    const runs = await Promise.all(all.map(({ gateway }) => site.client.create(gateway)));
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    for (const [index, { gateway, ends, routers }] of all.entries()) {
      const outcome = outcomes[index];
      const told = JSON.stringify(outcome);
      assert.equal(outcome?.kind, ends, told);
      if (outcome?.kind === 'failed') assert.equal(outcome.type, FAILURES.NotConverged, told);
      assert.equal((await site.states(gateway)).length, 1);
      if (ends === 'created') await assertWhole(store, { gateway, routers });
      else
        for (const { device, name } of routers)
          assert.ok(!device.running().includes(String(gateway.gateway.body['vrf_name'])), name);
    }
    for (const router of [a, b, c]) await assertLeft(store, router);
    const reservations = await reservationsEver([a, b, c].map(({ id }) => id));
    for (const pair of [
      [a, b],
      [b, c],
      [a, c],
    ]) {
      const id = `router_pair:${pair
        .map((one) => one.id)
        .sort()
        .join('+')}`;
      assert.ok(
        [...reservations.values()].some((holder) => holder === id),
        `${id} was never reserved`,
      );
    }
    // A confirmed commit is never repeated, nor put on top of another.
    for (const { name, device } of [a, b, c]) {
      const trials = device
        .snapshot()
        .history.flatMap(({ log }) => / reservation (\S+) until /.exec(log ?? '')?.[1] ?? []);
      assert.deepEqual([...new Set(trials)], trials, name);
    }
  });

  /** One record per router, whichever role it has: the samples know two addresses only. */
  async function write({ gateway, neighbours }: TestGateway): Promise<void> {
    for (const { type, body } of neighbours) {
      const index = site.stack.routers.findIndex(({ id }) => id === body.id);
      if (type === 'edge_router')
        Object.assign(body, { name: site.stack.routers[index]?.name, ip: `192.0.2.${index}` });
    }
    await writeRecords(site.stack.etcd.endpoints, [...neighbours, gateway].map(recordOf));
  }

  /** All reservations that there ever were, and whose. At every revision of etcd each of them stood on both routers of its pair. */
  async function reservationsEver(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const etcd = new EtcdClient({ endpoints: site.stack.etcd.endpoints });
    const reservations = new Map<string, string>();
    try {
      const at = (revision?: string) =>
        etcd.read(
          'history',
          ids.map((id) => KEYS.router(id)),
          revision,
        );
      let seen = await at();
      for (;;) {
        const held = seen.flatMap((entry, index) => {
          const { reservation } = (
            entry.value === undefined ? { reservation: null } : JSON.parse(entry.value.toString())
          ) as Pick<RouterRecord, 'reservation'>;
          return reservation === null ? [] : [{ router: ids[index] ?? '', reservation }];
        });
        for (const { reservation } of held) {
          reservations.set(reservation.id, reservation.pair);
          const on = held.filter((one) => one.reservation.id === reservation.id).map(({ router }) => router);
          assert.equal(
            `router_pair:${on.sort().join('+')}`,
            reservation.pair,
            `reservation ${reservation.id}`,
          );
        }
        const changed = seen.map((entry) => BigInt(entry.modRevision));
        const last = changed.reduce((one, other) => (one > other ? one : other));
        if (last <= 1n) return reservations;
        seen = await at(String(last - 1n));
      }
    } finally {
      etcd.close();
    }
  }
});
