import assert from 'node:assert/strict';
import { HoldTeller } from '../../../activities/requests/tell-holds.ts';
import type { ToldRequest } from '../../../activities/requests/tell-holds.ts';
import type { MaintenanceHold } from '../../../pair/router-record.ts';

const HOLD = { reason: 'new line card', by: 'alice', since: 'noon' };
const WHY = 'MX-2 is held for maintenance: new line card (alice, since noon)';

describe('a worker that waits for answers', () => {
  function scene() {
    const held = new Map<string, MaintenanceHold>();
    const answered = new Set(['answered']);
    let described = 0;
    const looks: string[] = [];
    const told: string[] = [];
    const teller = new HoldTeller({
      holds: async (ids) => {
        looks.push(ids.join(' '));
        return ids.map((id) => held.get(id) ?? null);
      },
    });
    const getHandle = (workflowId: string) => ({
      describe: async () => {
        described += 1;
        const pendingActivities = answered.has(workflowId) ? [] : [{ activityId: '7' }];
        return { runId: 'r', status: { name: 'RUNNING' }, raw: { pendingActivities } };
      },
      signal: async (signal: string, { why }: { readonly why: string | null }) => {
        if (workflowId === 'away' && looks.length === 1) throw new Error('unavailable');
        told.push(`${signal} ${workflowId}: ${why}`);
      },
    });
    const request = (
      workflowId: string,
      kind: 'apply' | 'confirm' = 'apply',
      names = ['MX-1', 'MX-2'],
    ): ToldRequest => ({
      client: { workflow: { getHandle } } as never,
      replyTo: { workflowId, runId: 'r', activityId: '7' },
      told: null,
      isAnswered: false,
      ...(kind === 'apply' && {
        waitsFor: [
          { id: 'a', name: names[0] ?? '' },
          { id: 'b', name: names[1] ?? '' },
        ],
      }),
    });
    return { held, answered, looks, told, teller, request, described: () => described };
  }

  it('names the routers to each as its saga knows them, also beside one that was answered', async () => {
    const { held, told, teller, request } = scene();
    held.set('b', HOLD);
    await teller.tell('pair', [request('answered', 'apply', ['MX-2', 'MX-1']), request('one')], 0);
    assert.deepEqual(told, [`held one: ${WHY}`]);
  });

  it('tells those that wait to be applied when a hold begins and when it ends, each once', async () => {
    const { held, told, teller, request } = scene();
    const all = [request('one'), request('two'), request('confirms', 'confirm')];
    await teller.tell('pair', all, 0);
    assert.deepEqual(told, []);
    held.set('b', HOLD);
    for (const now of [10_000, 20_000]) await teller.tell('pair', all, now);
    assert.deepEqual(told, [`held one: ${WHY}`, `held two: ${WHY}`]);
    const late = request('late');
    await teller.tell('pair', [...all, late], 30_000);
    held.clear();
    await teller.tell('pair', [late], 40_000);
    assert.deepEqual(told.slice(2), [`held late: ${WHY}`, 'held late: null']);
  });

  it('looks at the routers of a pair seldom, and not at all while nobody waits to be applied', async () => {
    const { looks, teller, request } = scene();
    for (const now of [0, 2_000, 9_999, 10_000]) await teller.tell('pair', [request('one')], now);
    assert.deepEqual(looks, ['a b', 'a b']);
    await teller.tell('pair', [request('one', 'confirm')], 30_000);
    assert.equal(looks.length, 2);
  });

  it('tells the others at once where one can’t be told, which is told at the next look', async () => {
    const { held, told, teller, request } = scene();
    held.set('b', HOLD);
    const all = [request('away'), request('one')];
    await teller.tell('pair', all, 0);
    assert.deepEqual(told, [`held one: ${WHY}`]);
    await teller.tell('pair', all, 10_000);
    assert.deepEqual(told, [`held one: ${WHY}`, `held away: ${WHY}`]);
  });

  it('tells nothing to a saga whose request was answered', async () => {
    const { held, told, teller, request } = scene();
    held.set('b', HOLD);
    await teller.tell('pair', [request('answered'), request('one')], 0);
    assert.deepEqual(told, [`held one: ${WHY}`]);
  });

  it('looks no more once all are answered, and asks about each of them once', async () => {
    const { answered, looks, teller, request, described } = scene();
    const all = [request('one'), request('two'), request('confirms', 'confirm')];
    await teller.tell('pair', all, 0);
    assert.deepEqual([looks.length, described()], [1, 1]);
    answered.add('one');
    await teller.tell('pair', all, 10_000);
    assert.deepEqual([looks.length, described()], [2, 3]);
    answered.add('two');
    for (const now of [20_000, 30_000]) await teller.tell('pair', all, now);
    assert.deepEqual([looks.length, described()], [2, 4]);
    assert.deepEqual(
      all.map(({ isAnswered }) => isAnswered),
      [true, true, false],
    );
  });

  it('asks about no more requests at once than a batch has', async () => {
    const { answered, looks, teller, request, described } = scene();
    const all = Array.from({ length: 100 }, (_, number) => request(`saga ${number}`));
    for (const { replyTo } of all) answered.add(replyTo.workflowId);
    await teller.tell('pair', all, 0);
    assert.deepEqual([looks.length, described()], [1, 64]);
    await teller.tell('pair', all, 10_000);
    assert.deepEqual([looks.length, described()], [1, 100]);
  });
});
