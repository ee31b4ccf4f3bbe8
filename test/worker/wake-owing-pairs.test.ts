import assert from 'node:assert/strict';
import { StoreCorruptError } from '../../etcd/errors.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { OwedChange, RouterRecord } from '../../pair/router-record.ts';
import { owingPairs, wakeOwingPairs } from '../../worker/wake-owing-pairs.ts';

const gateway = (resourceId: string) => ({ resourceType: 'vpn_gateway', resourceId, version: 1 });
const router = (...gateways: readonly string[]): RouterRecord => ({
  reservation: null,
  maintenance: null,
  owedChanges: gateways.map((id) => ({ gateway: gateway(id) }) as OwedChange),
});
/** Records in etcd: by router the gateways of which it owes something, by gateway its two routers. */
const recordsOf = (owed: Record<string, RouterRecord | StoreCorruptError>, on: Record<string, string>) => ({
  routers: async () => new Map(Object.entries(owed)),
  snapshot: (): Snapshot => ({
    read: async (ref) => {
      const record = { ref, version: 1, markedForDeletion: false, modRevision: '1' };
      return ref.id === 'er4'
        ? { kind: 'missing' }
        : { ...record, body: { name: ref.id.replace('er', 'MX-') } };
    },
    readTemplate: assert.fail,
    recordsRead: [],
  }),
  plans: async (gateways: readonly GatewayRef[]) =>
    gateways.map(({ resourceId }) => {
      const [primary, secondary] = on[resourceId]?.split(' ') ?? [];
      const routers = { primary: { id: primary }, secondary: { id: secondary } };
      return primary === undefined ? undefined : ({ routers } as PlanRecord);
    }),
});
const signal = new AbortController().signal;

describe('a worker at its start', () => {
  const records = recordsOf(
    {
      er1: router('a', 'b', 'gone'),
      er2: router(),
      er3: router('c'),
      er4: new StoreCorruptError('/gateway-saga/routers/er4', 'broken'),
    },
    { a: 'er2 er1', b: 'er1 er2', c: 'er3 er4' },
  );

  it('finds each pair of which a router owes something, once', async () => {
    assert.deepEqual(await owingPairs(records), [
      ['er1', 'er2'],
      ['er3', 'er4'],
    ]);
  });

  it('wakes these pairs, and tries again if Temporal or etcd does not answer', async () => {
    const woken: string[] = [];
    const client = {
      signalWithStart: async (
        _: unknown,
        { workflowId, staticSummary }: { readonly workflowId: string; readonly staticSummary: string },
      ) => {
        if (woken.push(`${workflowId} ${staticSummary}`) === 1) throw new Error('unavailable');
        return {} as never;
      },
    };
    await wakeOwingPairs(records, client as never, { warn: assert.fail, signal, pauseMs: 1 });
    const [one, other] = ['router_pair:er1+er2 MX-1, MX-2', 'router_pair:er3+er4 MX-3, er4'];
    assert.deepEqual(woken, [one, one, other]);
  });

  it('says so if it can’t, and serves all the same', async () => {
    const words: string[] = [];
    const store = { ...records, routers: () => Promise.reject(new Error('etcd is away')) };
    await wakeOwingPairs(store, {} as never, { warn: (one) => words.push(one), signal, pauseMs: 1 });
    assert.deepEqual(words, ['what routers owe waits for the next request: etcd is away']);
  });
});
