import assert from 'node:assert/strict';
import { EtcdClient } from '../../etcd/client.ts';
import type { Written } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import { storeOver } from '../../etcd/store.ts';
import { completedState, failedState } from '../../gateway/records.ts';
import { Witness, newGateway, requestFor, useOwnEtcd } from './fixture.ts';
import { racing } from './racing.ts';
import { SINCE, owedChangeFor, fresh, requestOf } from './reservation-fixture.ts';

describe('the claims of a creation that failed', () => {
  const etcd = useOwnEtcd();

  /** A gateway that is registered on `router-1` and `router-2`, with `state` in `/state`. `router-1` owes the inverse change. */
  async function owing(state?: unknown) {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const { resourceId } = gateway;
    const revision = await new Witness(raw, gateway).configure();
    assert.equal((await store.register(requestFor(gateway, revision))).kind, 'registered');
    const tell = (told: unknown) => raw.put(KEYS.state(gateway)).value(JSON.stringify(told));
    if (state !== undefined) await tell(state);
    const request = requestOf(['router-1', fresh('neighbour')]);
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const owedChange = owedChangeFor(gateway);
    await store.addOwedChanges(fence, 'router-1', [owedChange]);
    const kept = async () => {
      const found = await raw.getAll().prefix('/gateway-saga/').strings();
      return Object.entries(found).filter(
        ([key, value]) =>
          (key.includes('/claims/') && value.includes(resourceId)) ||
          key.endsWith(`plans/vpn_gateways/${resourceId}`),
      ).length;
    };
    const end = async () => {
      await store.payOwedChange(fence, 'router-1', owedChange);
      await store.endReservation(request);
    };
    return { store, gateway, kept, end, fence, tell };
  }

  it('stay as long as something is owed, and go with its plan when nothing is', async () => {
    const { store, gateway, kept, end, tell } = await owing();
    const before = await kept();
    assert.ok(before > 1);
    await tell(failedState(1, 'owed on MX-1'));
    await store.freeClaims(gateway);
    assert.equal(await kept(), before);
    await tell(completedState(0, {}));
    await end();
    assert.equal(await kept(), before);
    await tell(failedState(1, 'owed on MX-1'));
    await store.freeClaims(gateway);
    assert.equal(await kept(), 0);
    await store.freeClaims(gateway);
  });

  it('are known to have gone, for those that wait, although the answer was lost', async () => {
    const { gateway, kept, end, tell } = await owing();
    await end();
    await tell(failedState(1, 'owed on MX-1'));
    let isLost = true;
    class Losing extends EtcdClient {
      override async write(...asked: Parameters<EtcdClient['write']>): Promise<Written> {
        const written = await super.write(...asked);
        const answer = isLost ? ({ kind: 'unknown', cause: new Error('no answer') } as const) : written;
        isLost = false;
        return answer;
      }
    }
    const store = storeOver(new Losing({ endpoints: [etcd().endpoint] }));
    try {
      assert.deepEqual([await store.freeClaims(gateway), await kept()], [true, 0]);
      assert.equal(await store.freeClaims(gateway), false);
    } finally {
      store.close();
    }
  });

  it('go in the very write that removes the last owed change, so that no worker can die between the two', async () => {
    const { store, gateway, kept, fence, end } = await owing(failedState(1, 'owed on MX-1'));
    assert.ok((await kept()) > 1);
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    assert.equal(await kept(), 0);
    await end();
  });

  it('go, too, if the failure is published just before the write that removes the last owed change', async () => {
    const { gateway, kept, fence, tell, store, end } = await owing();
    assert.ok((await kept()) > 1);
    await racing(
      etcd(),
      '"reservation":',
      async () => {
        await tell(failedState(1, 'owed on MX-1'));
        await store.freeClaims(gateway);
      },
      (late) => late.payOwedChange(fence, 'router-1', owedChangeFor(gateway)),
    );
    assert.equal(await kept(), 0);
    await end();
  });

  it('stay when one of two owed changes is made', async () => {
    const { store, gateway, kept, end, fence } = await owing(failedState(1, 'owed on MX-1'));
    const before = await kept();
    await store.addOwedChanges(fence, 'router-1', [owedChangeFor(gateway, '7')]);
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    assert.equal(await kept(), before);
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway, '7'));
    assert.equal(await kept(), 0);
    await end();
  });

  it('go, too, if two pairs make the owed changes of both routers at the same moment', async () => {
    const { store, gateway, kept, fence, end } = await owing(failedState(1, 'owed on MX-1 and MX-2'));
    const second = requestOf(['router-2', fresh('neighbour')]);
    await store.reserve(second);
    await store.issueToken(second, {});
    const other = { ...second, token: 1 };
    await store.addOwedChanges(other, 'router-2', [owedChangeFor(gateway)]);
    assert.ok((await kept()) > 1);
    await racing(
      etcd(),
      '"reservation":',
      () => store.payOwedChange(other, 'router-2', owedChangeFor(gateway)),
      (late) => late.payOwedChange(fence, 'router-1', owedChangeFor(gateway)),
    );
    assert.equal(await kept(), 0);
    await store.endReservation(second);
    await end();
  });

  it('go, too, when a newer version failed that never came to register, as something was owed', async () => {
    const { kept, end } = await owing(failedState(2, 'owed on MX-1'));
    assert.ok((await kept()) > 1);
    await end();
    assert.equal(await kept(), 0);
  });

  it('go, too, when the last change of an older version is made after a newer version has failed', async () => {
    const { store, gateway, kept, end } = await owing(failedState(2, 'configured there already'));
    const witness = new Witness(etcd().raw, gateway);
    const plan = (await witness.value(witness.keys.plan)) as object;
    await witness.put(witness.keys.plan, { ...plan, gateway: { ...gateway, version: 2 } });
    await store.freeClaims(gateway);
    assert.ok((await kept()) > 1);
    await end();
    assert.equal(await kept(), 0);
  });

  it('stay when a failure is published that left nothing, as long as another version is owed', async () => {
    const { store, gateway, kept, end } = await owing();
    const before = await kept();
    const outcome = { kind: 'failed', error: 'x', registered: true, clean: true } as const;
    const published = await store.publish({ gateway, run: 'run-1', outcome, retentionSeconds: 3_600 });
    assert.deepEqual(published, { kind: 'published' });
    assert.equal(await kept(), before);
    await end();
    assert.equal(await kept(), 0);
  });

  it('go although a record of what the router owes of another gateway can not be read', async () => {
    const { gateway, kept, end, store, tell } = await owing();
    const other = KEYS.owedChange('router-1', newGateway(), '0');
    await etcd().raw.put(other).value('nonsense');
    const outcome = { kind: 'failed', error: 'x', registered: true, clean: true } as const;
    const published = await store.publish({ gateway, run: 'run-1', outcome, retentionSeconds: 3_600 });
    assert.deepEqual(published, { kind: 'published' });
    await tell(failedState(1, 'x'));
    await store.freeClaims(gateway);
    assert.ok((await kept()) > 1);
    await end();
    assert.equal(await kept(), 0);
    assert.equal(await etcd().raw.get(other).string(), 'nonsense');
    await etcd().raw.delete().key(other);
  });

  it('stay with its plan if the record of what the router owes of it can not be read, and the failure is published', async () => {
    const { gateway, kept, end, fence, store } = await owing();
    const before = await kept();
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    const own = KEYS.owedChange('router-1', gateway, '0');
    await etcd().raw.put(own).value('nonsense');
    const outcome = { kind: 'failed', error: 'x', registered: true, clean: true } as const;
    const published = await store.publish({ gateway, run: 'run-1', outcome, retentionSeconds: 3_600 });
    assert.deepEqual(published, { kind: 'published' });
    assert.equal(await store.freeClaims(gateway), false);
    assert.equal(await kept(), before);
    await etcd().raw.delete().key(own);
    await store.freeClaims(gateway);
    assert.equal(await kept(), 0);
    await end();
  });

  it('stay as long as the record of a router can not be read, which may permit the gateway there', async () => {
    const { store, gateway, kept, end } = await owing();
    await end();
    const key = KEYS.router('router-2');
    await etcd().raw.put(key).value('nonsense');
    await store.permitApply(gateway, 'run-1');
    const outcome = { kind: 'failed', error: 'x', registered: true, clean: false } as const;
    const published = await store.publish({ gateway, run: 'run-1', outcome, retentionSeconds: 3_600 });
    assert.deepEqual(published, { kind: 'published' });
    assert.equal(await store.freeClaims(gateway), false);
    assert.ok((await kept()) > 1);
    await etcd().raw.delete().key(key);
    assert.equal(await store.freeClaims(gateway), true);
    assert.equal(await kept(), 0);
  });

  it('stay as long as a reservation may have it on a router', async () => {
    const { store, gateway, kept, end, fence } = await owing(failedState(1, 'x'));
    const before = await kept();
    await store.permitCommit(fence, ['router-1'], [{ gateway, run: 'run-1' }], SINCE);
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    await store.freeClaims(gateway);
    assert.equal(await kept(), before);
    await end();
    await store.freeClaims(gateway);
    assert.equal(await kept(), 0);
  });

  it('stay as long as a reservation may have it on a router, whatever else it has there', async () => {
    const { store, gateway, kept, end, fence } = await owing(failedState(1, 'x'));
    const before = await kept();
    const members = [
      { gateway: newGateway(), run: 'run-1' },
      { gateway, run: 'run-1' },
    ];
    await store.permitCommit(fence, ['router-1'], members, SINCE);
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    await store.freeClaims(gateway);
    assert.equal(await kept(), before);
    await end();
  });

  it('stay when a newer plan is registered meanwhile', async () => {
    const { gateway, kept, end, tell } = await owing();
    await end();
    await tell(failedState(1, 'x'));
    const before = await kept();
    const witness = new Witness(etcd().raw, gateway);
    const plan = (await witness.value(witness.keys.plan)) as object;
    await racing(
      etcd(),
      // The first request reads the plan's key and `/state`. Only a later one names this claim.
      'claims/router-2',
      () => witness.put(witness.keys.plan, { ...plan, gateway: { ...gateway, version: 2 } }),
      (store) => store.freeClaims(gateway),
    );
    assert.equal(await kept(), before);
  });

  it('that another gateway has by now stay with it', async () => {
    const { store, gateway, kept, end, tell } = await owing();
    await end();
    await tell(failedState(1, 'x'));
    const [claim = ''] = await new Witness(etcd().raw, gateway).ownClaims();
    const other = { resourceType: 'vpn_gateway', resourceId: 'another' };
    await etcd().raw.put(`/gateway-saga/claims/${claim}`).value(JSON.stringify(other));
    await store.freeClaims(gateway);
    assert.equal(await kept(), 0);
    assert.equal(await etcd().raw.get(`/gateway-saga/claims/${claim}`).string(), JSON.stringify(other));
  });

  it('stay when it was kept', async () => {
    const { store, gateway, kept, fence } = await owing(failedState(1, 'x'));
    const before = await kept();
    await store.markSettled(fence, { kept: [{ gateway, run: 'run-1' }] });
    await store.payOwedChange(fence, 'router-1', owedChangeFor(gateway));
    await store.freeClaims(gateway);
    assert.equal(await kept(), before);
  });

  for (const [what, state] of [
    ['nothing was said of its end yet', undefined],
    ['it was created', completedState(1, {})],
    ['an older version is what failed', failedState(0, 'x')],
  ] as const) {
    it(`stay when ${what}`, async () => {
      const { store, gateway, kept, end } = await owing(state);
      const before = await kept();
      await end();
      await store.freeClaims(gateway);
      assert.equal(await kept(), before);
    });
  }
});
