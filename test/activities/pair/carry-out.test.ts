/** How verdicts are carried out on two routers, of which each answers as it likes. */
import assert from 'node:assert/strict';
import { carryOut, viewOf } from '../../../activities/pair/carry-out.ts';
import type { PlannedMember, RouterChange } from '../../../activities/pair/members.ts';
import type { PendingState } from '../../../activities/router/commit-history.ts';
import type { LockedRouter } from '../../../activities/router/locked-router.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import type { Store } from '../../../etcd/store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { gatewayChange } from '../router/gateway-change.ts';

const NAMES = ['MX-1', 'MX-2'] as const;
const FENCE = { reservation: 't.1', routers: NAMES, token: 1 } as const;
const UNREADABLE: Presence = { kind: 'unreadable', path: ['x'], why: 'garbled' };

function planned(
  id: string,
  ends: Parameters<typeof gatewayChange>[1] = { after: [`x ${id}`] },
): PlannedMember {
  const made = gatewayChange(id, ends);
  const member = { gateway: made.gateway, run: 'run', name: id };
  const changes = NAMES.map((router): [string, RouterChange] => [
    router,
    { ...made, member, role: 'primary' },
  ]);
  const plan = {} as unknown as PlannedMember['plan'];
  return { member, changes: new Map(changes), kept: false, plan, state: undefined };
}

const A = planned('a');
const B = planned('b');

/** Carries both members on trial. What is loaded and committed, and each look, goes into `done`. */
class Router {
  readonly found = new Map<string, Presence>([
    ['a', { kind: 'after' }],
    ['b', { kind: 'after' }],
  ]);
  pending: PendingState = { kind: 'ours' };
  /** How its newest commit differs from what stood before. */
  trial = '';
  looks = 0;
  /** Whether it refuses to load anything. */
  refuses = false;
  /** What else happens when it has been committed to. */
  meanwhile = () => {};
  readonly #candidate: RouterChange[] = [];
  readonly locked: LockedRouter;

  constructor(name: string, done: string[], permitted: readonly PlannedMember[] = [A, B]) {
    const members = permitted.map(({ member: { gateway, run } }) => ({ gateway, run }));
    const pending = () => this.pending;
    const tell = (what: string) => void done.push(`${name} ${what}`);
    const fake = {
      session: {
        id: name,
        name,
        record: { reservation: { members }, owedChanges: [] },
        reader: { reservation: 't.1', policy: DEFAULT_POLICY },
      },
      subject: { claimed: [] },
      look: {
        get pending() {
          return pending();
        },
        trials: () => 1,
        confirmations: () => (pending().kind === 'ours' ? ['a check'] : []),
        lastOf: ({ resourceId }: { resourceId: string }) =>
          resourceId === 'a'
            ? { line: { did: 'reverted' } }
            : resourceId === 'b'
              ? { line: { did: 'kept' } }
              : undefined,
      },
      isSynchronized: false,
      presence: ({ member }: RouterChange) => this.found.get(member.name),
      load: async (items: readonly RouterChange[], how: string) => {
        tell(`loads ${items.map(({ member }) => member.name).join(' ')} ${how}`);
        if (this.refuses)
          return { kind: 'refused', culprits: new Map(items.map((one) => [one, new Error('no')])) };
        this.#candidate.splice(0, this.#candidate.length, ...items);
        return { kind: 'accepted' };
      },
      loadBeforeNewest: async () => {
        this.#candidate.push(...[A, B].flatMap(({ changes }) => changes.get(name) ?? []));
        return { isTrialNewest: true, diff: this.trial };
      },
      discard: async () => void this.#candidate.splice(0),
      lookAgain: async () => void (this.looks += 1),
      act: async () => {
        tell(this.#candidate.length === 0 ? 'confirms' : 'commits');
        for (const { member } of this.#candidate.splice(0)) this.found.set(member.name, { kind: 'before' });
        this.pending = { kind: 'none' };
        this.meanwhile();
      },
    };
    this.locked = fake as unknown as LockedRouter;
  }
}

describe('verdicts on a batch', () => {
  let done: string[];
  let one: Router;
  let other: Router;
  beforeEach(() => {
    done = [];
    [one, other] = NAMES.map((name) => new Router(name, done)) as [Router, Router];
  });

  const store = { permitCommit: async () => true } as unknown as Store;
  async function carriedOut(
    toConfirm: readonly PlannedMember[],
    toRevert: readonly PlannedMember[],
    hasFinal = false,
  ) {
    const routers = [one.locked, other.locked];
    const { fates, refused } = await carryOut(store, FENCE, routers, { toConfirm, toRevert, hasFinal });
    return {
      fates: Object.fromEntries([...fates].map(([{ name }, { kind }]) => [name, kind])),
      refused: refused.map((some) => Object.fromEntries([...some].map(([{ name }, why]) => [name, why]))),
    };
  }

  it('that are all to confirm are a confirmation on each router, and nothing else', async () => {
    assert.deepEqual(await carriedOut([A, B], []), { fates: { a: 'kept', b: 'kept' }, refused: [{}, {}] });
    assert.deepEqual(done, ['MX-1 confirms', 'MX-2 confirms']);
  });

  it('are loaded on both routers, once, before either commits', async () => {
    const outcome = await carriedOut([A], [B]);
    assert.deepEqual(outcome, { fates: { b: 'reverted', a: 'kept' }, refused: [{}, {}] });
    assert.deepEqual(done, [
      'MX-1 loads b unchecked',
      'MX-2 loads b unchecked',
      'MX-1 commits',
      'MX-2 commits',
    ]);
  });

  it('go on with the other router where one can neither revert nor take its trial back, and say why', async () => {
    one.refuses = true;
    const outcome = await carriedOut([A], [B]);
    assert.deepEqual(outcome, { fates: { b: 'reverted', a: 'kept' }, refused: [{ b: 'MX-1: no' }, {}] });
    assert.deepEqual(done.slice(-4), [
      'MX-1 loads b checked',
      'MX-1 confirms',
      'MX-2 loads b unchecked',
      'MX-2 commits',
    ]);
    assert.equal(one.looks, 2, 'it was looked at again after it had confirmed');
  });

  it('take a trial back as a whole, unless it contains what is not ours (T11)', async () => {
    [one.refuses, one.trial] = [true, '[edit x]\n-   a;\n-   b;\n'];
    const outcome = await carriedOut([A], [B]);
    assert.deepEqual(outcome, { fates: { a: 'fell back', b: 'reverted' }, refused: [{}, {}] });
    assert.deepEqual(
      [one, other].map(({ found }) => found.get('a')?.kind),
      ['before', 'before'],
    );
    const { trial } = one;
    one = Object.assign(new Router('MX-1', done, [B]), { trial, refuses: true });
    other = new Router('MX-2', done);
    assert.deepEqual((await carriedOut([A], [B])).refused, [{ b: 'MX-1: no' }, {}]);
  });

  it('are carried out on both at once where the router that refuses has nothing on trial', async () => {
    one.refuses = true;
    one.pending = { kind: 'none' };
    assert.deepEqual((await carriedOut([A], [B])).refused, [{ b: 'MX-1: no' }, {}]);
    assert.equal(done.filter((what) => what.startsWith('MX-2 loads')).length, 1);
  });

  it('to revert count as refused where nobody can read whether it is gone; the router’s own reason comes first', async () => {
    one.meanwhile = () => void one.found.set('b', UNREADABLE);
    assert.deepEqual((await carriedOut([A], [B])).refused, [{ b: `MX-1: "x" can't be read (garbled)` }, {}]);
    one = new Router('MX-1', done);
    other = new Router('MX-2', done);
    one.refuses = true;
    one.found.set('b', UNREADABLE);
    assert.deepEqual((await carriedOut([A], [B])).refused, [{ b: 'MX-1: no' }, {}]);
  });

  it('are tried again if what was reverted came back, or what was confirmed fell back', async () => {
    one.meanwhile = () => void one.found.set('b', { kind: 'after' });
    const again = { name: 'NotNowError', type: FAILURES.RouterBusy };
    await assert.rejects(carriedOut([A], [B]), { ...again, message: 'MX-1: b came back meanwhile' });
    for (const kind of ['before', 'absent'] as const) {
      [one, other] = NAMES.map((name) => new Router(name, done)) as [Router, Router];
      other.meanwhile = () => void other.found.set('a', { kind });
      await assert.rejects(carriedOut([A, B], []), { ...again, message: 'MX-2: a fell back meanwhile' });
    }
  });

  it('are not sent near the deadline where something becomes permanent by that (T2)', async () => {
    const late = () => {
      [one, other] = NAMES.map((name) => new Router(name, done)) as [Router, Router];
      for (const router of [one, other]) router.pending = { kind: 'ours', until: Date.now() };
      // What has fallen back on one router is reverted on the other.
      other.found.set('a', { kind: 'before' });
      done.length = 0;
    };
    late();
    assert.deepEqual((await carriedOut([A], [B])).fates, { a: 'fell back', b: 'reverted' });
    assert.ok(done.includes('MX-1 loads a b unchecked') && done.includes('MX-2 commits'));
    late();
    await assert.rejects(carriedOut([A], [B], true), { name: 'WaitError' });
    late();
    other.found.set('a', { kind: 'after' });
    await assert.rejects(carriedOut([A], [B]), { name: 'WaitError' });
    assert.ok(!done.some((what) => what.endsWith('commits')));
  });
});

describe('one router, as the last look showed it', () => {
  const update = planned('c', { before: ['x c'], after: ['x c', 'y c'] });
  const strange = planned('d');
  const router = new Router('MX-1', [], [A]);
  router.found.set('c', { kind: 'after' });
  const view = viewOf(router.locked, [A, B, update]);

  it('says what it carries of each member; of any other, nothing', () => {
    assert.deepEqual(
      [A, update, strange].map(({ member }) => view.presence(member).kind),
      ['after', 'after', 'before'],
    );
  });

  it('says which members were created there, taken back there, or are ours', () => {
    const all = [A, B, update, strange].map(({ member }) => member);
    const facts = [view.isCreated, view.wasTakenBack, view.isOurs];
    assert.deepEqual(
      facts.map((is) => all.map((member) => is(member))),
      [
        [true, true, false, false],
        [true, false, false, false],
        [true, false, false, false],
      ],
    );
    assert.deepEqual([view.name, view.pending, view.trials], ['MX-1', { kind: 'ours' }, 1]);
  });
});
