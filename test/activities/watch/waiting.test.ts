import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../../activities/executions.ts';
import { Dispatcher } from '../../../activities/watch/dispatcher.ts';
import { InFlight } from '../../../activities/watch/in-flight.ts';
import { typesOf } from '../../../activities/watch/types.ts';
import type { WatchedTypes } from '../../../activities/watch/types.ts';
import { View } from '../../../activities/watch/view.ts';
import type { Entry } from '../../../etcd/client.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { DEFAULT_WATCH_POLICY } from '../../../gateway/config-watch.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import { familyOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestResource } from '../../../local/test-gateway.ts';
import { loadKinds } from '../../../templates/load.ts';

const PAIR = { primary: 'r-1', secondary: 'r-2' };
const CHILDREN = 200;
/** How many places one pair gets. */
const SHARE = DEFAULT_WATCH_POLICY.inFlight / 2;

describe('gateways of one pair that wait for each other', () => {
  let types: WatchedTypes;
  let asked: string[];
  let view: View;
  let dispatcher: Dispatcher;
  let revision: number;
  before(async () => {
    const kinds = await loadKinds();
    types = typesOf(kinds, kinds.neighbours);
  });
  beforeEach(() => {
    asked = [];
    revision = 0;
    view = new View(types);
    const workflow = {
      signalWithStart: async (_: string, { workflowId }: { workflowId: string }) => asked.push(workflowId),
      getHandle: () => ({ describe: async () => ({ runId: 'run', status: { name: 'RUNNING' }, raw: {} }) }),
    };
    const client = { workflow, withDeadline: (_: number, call: () => unknown) => call() };
    dispatcher = new Dispatcher(
      {
        client: client as unknown as Client,
        policy: DEFAULT_WATCH_POLICY,
        fresh: () => undefined,
        changed: () => undefined,
      },
      view,
      0,
    );
    dispatcher.halted = false;
  });

  /** A VPN gateway of the pair, with all that it refers to, and many interfaces that lie in it. */
  const family = () => {
    const one = familyOn('vpn_gateway', PAIR);
    const child = one.children.find(({ type }) => type === 'gw_interface');
    if (child === undefined) throw new Error('there is no gw_interface');
    const children = Array.from({ length: CHILDREN }, (_, number): TestResource => {
      return { ...child, body: { ...child.body, id: `i-${number}` } };
    });
    return { ...one, children };
  };
  const entry = (key: string, value?: string): Entry => ({
    key,
    value: value === undefined ? undefined : Buffer.from(value),
    modRevision: String((revision += 1)),
    lease: '0',
  });
  const list = (...resources: readonly TestResource[]) => {
    for (const { key, value } of resources.map(recordOf)) view.note(entry(key, value));
    dispatcher.relisted(view);
  };
  const refOf = ({ type, body }: TestResource): GatewayRef => ({ resourceType: type, resourceId: body.id });
  const idOf = (resource: TestResource) => workflowIdOf(refOf(resource));
  const wait = (waiter: TestResource, awaited: TestResource, is = true) => {
    const id = view.note(entry(KEYS.waiting(refOf(awaited), refOf(waiter)), is ? '{}' : undefined));
    if (id !== undefined) dispatcher.waitChanged(id);
  };
  /** `/state` has the gateway's version. */
  const end = (resource: TestResource) => {
    const id = view.note(entry(KEYS.state(refOf(resource)), JSON.stringify({ version: resource.version })));
    if (id !== undefined) dispatcher.changed(id);
  };
  /** Each saga that is asked for begins to wait as `waits` says, until no further one is asked for. */
  const settled = async (waits: (id: string) => void) => {
    for (let seen = 0; ;) {
      await setTimeout(5);
      if (seen === asked.length) return;
      for (; seen < asked.length; seen += 1) waits(asked[seen] ?? '');
    }
  };

  it('hold no place as children: their parent is asked for, though it comes last', async () => {
    const { gateway, neighbours, children } = family();
    list(...neighbours, ...children, gateway);
    const byId = new Map(children.map((one) => [idOf(one), one]));
    await settled((id) => {
      const child = byId.get(id);
      if (child !== undefined) wait(child, gateway);
    });
    assert.equal(asked.length, CHILDREN + 1);
    assert.equal(asked.at(-1), idOf(gateway));
    assert.deepEqual([dispatcher.inFlight, dispatcher.differing], [CHILDREN + 1, CHILDREN + 1]);
  });

  it('hold no place as parents that are to be deleted: their children are asked for', async () => {
    const { neighbours, gateway, children } = family();
    const parents = children.map((_, number): TestResource => {
      return { ...gateway, markedForDeletion: true, body: { ...gateway.body, id: `g-${number}` } };
    });
    const marked = children.map((child, number): TestResource => {
      return { ...child, markedForDeletion: true, body: { ...child.body, vpn_gw_id: `g-${number}` } };
    });
    list(...neighbours, ...parents, ...marked);
    const index = new Map(parents.map((one, number) => [idOf(one), number]));
    await settled((id) => {
      const number = index.get(id);
      const [parent, child] = [parents[number ?? -1], marked[number ?? -1]];
      if (parent !== undefined && child !== undefined) wait(parent, child);
    });
    // The children do not wait, and hold all places of the pair.
    assert.equal(asked.length, CHILDREN + SHARE);
  });

  it('take their places again when they go on, even beyond the limit', async () => {
    const { gateway, neighbours, children } = family();
    const [parent, ...others] = [gateway, ...children];
    list(...neighbours, parent, ...others.slice(0, SHARE + 10));
    for (const child of others.slice(0, 20)) wait(child, parent);
    await settled(() => undefined);
    assert.equal(asked.length, SHARE + 11);
    for (const child of others.slice(0, 20)) wait(child, parent, false);
    list(...others.slice(SHARE + 10));
    await settled(() => undefined);
    assert.equal(asked.length, SHARE + 11);
    // 11 are beyond the pair's share. When they and one more have ended, one place is free.
    for (const child of others.slice(0, 12)) end(child);
    await settled(() => undefined);
    assert.equal(asked.length, SHARE + 12);
  });

  it('hold none after a listing either, nor after they are asked for a newer version', async () => {
    const { gateway, neighbours, children } = family();
    list(...neighbours, gateway, ...children);
    await settled(() => undefined);
    assert.equal(asked.length, SHARE);
    view = new View(types);
    const waiting = children.filter((child) => asked.includes(idOf(child)));
    for (const child of waiting) view.note(entry(KEYS.waiting(refOf(gateway), refOf(child)), '{}'));
    list(...neighbours, ...[gateway, ...children].map((one) => ({ ...one, version: 7 })));
    await settled(() => undefined);
    assert.equal(asked.length, SHARE + 1 + CHILDREN);
  });
});

describe('a look after those that are under way', () => {
  it('is at all that hold a place, and of those that wait at those first that were looked at longest ago', async () => {
    const inFlight = new InFlight();
    const waiting = ['a', 'b', 'c'].map((id) => inFlight.add(id, 'pair', true));
    for (const id of ['d', 'e', 'f']) inFlight.add(id, 'pair', false);
    const late = () => inFlight.uncheckedFor(-1, 2).map(([id]) => id);
    assert.deepEqual(late(), ['d', 'e', 'f', 'a', 'b']);
    for (const one of waiting.slice(0, 2)) one.since += 0.5;
    assert.deepEqual(late(), ['d', 'e', 'f', 'c', 'a']);
  });
});
