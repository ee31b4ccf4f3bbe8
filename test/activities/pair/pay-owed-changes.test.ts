import assert from 'node:assert/strict';
import { RefusedError } from '../../../activities/refused.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { CONTENTION, owedOf, paying, REFUSAL } from './owing-router.ts';
import type { Scenario } from './owing-router.ts';

const FOREIGN = { kind: 'foreign', whose: 'somebody' } as const;
const OWED = { kind: 'owed', whose: 'somebody', until: Date.now() + 3_600_000 } as const;
const commitOf = (...names: readonly string[]) =>
  `owed, reverted: ${names.map((name) => `vpn_gateway:${name} version 1`).join(', ')}`;
const g = owedOf('g');
const h = owedOf('h');
const deciding = owedOf('d', 'deciding');
const MODIFIED = { kind: 'modified', path: ['system', 'x'] } as const;
const UNREADABLE = { kind: 'unreadable', path: ['system'], why: 'line 1' } as const;

describe('what a router owes', () => {
  it('is made in one commit, and paid once a look has shown it', async () => {
    const { done, error } = await paying([g, h], {});
    const made = ['load checked g h', 'permit id-1', commitOf('g', 'h'), 'look'];
    assert.deepEqual([done, error], [[...made, 'paid id-1 g', 'paid id-1 h'], undefined]);
    const unseen = await paying([g], { afterCommit: { kind: 'before' } });
    assert.deepEqual(unseen.done.slice(-1), ['look']);
  });

  it('is left where nothing is owed, and while a commit is pending that another one would confirm', async () => {
    assert.deepEqual(await paying([], {}), { done: [], says: [], error: undefined });
    for (const pending of [{ kind: 'ours' }, FOREIGN] as const)
      assert.deepEqual(await paying([g], { pending }), { done: [], says: [], error: undefined });
    assert.deepEqual((await paying([], { pending: OWED })).error, undefined);
  });

  it('is paid without a commit where nothing stands any more, also beside what others have added', async () => {
    const stands = { g: { kind: 'after' }, h: { ...MODIFIED, holds: 'after' } } as const;
    assert.deepEqual((await paying([g, h], { stands })).done, ['paid id-1 g', 'paid id-1 h']);
  });

  it('stays owed where somebody has changed or removed some of it; of a deletion the rest is taken', async () => {
    const partial = { kind: 'partial', found: ['a'], missing: ['b'] } as const;
    const stands = { g: { ...MODIFIED, holds: 'before' }, h: partial, d: partial } as const;
    assert.deepEqual((await paying([g, h], { stands })).done, []);
    const { done } = await paying([owedOf('d', 'decided'), h], { stands });
    assert.deepEqual(done, ['load checked d', 'permit id-1', commitOf('d'), 'look', 'paid id-1 d']);
  });

  it('is made without what the router refuses, which stays owed', async () => {
    const { done } = await paying([g, h], { refuses: { load: ['g'] } });
    const made = ['load checked g h', 'load checked h', 'permit id-1', commitOf('h'), 'look', 'paid id-1 h'];
    assert.deepEqual(done, made);
    assert.deepEqual((await paying([g], { refuses: { load: ['g'] } })).done, ['load checked g', 'look']);
  });

  it('stays owed if the router refuses the commit, and the batch goes on; not after any other error', async () => {
    const { done, error } = await paying([g], { refuses: { commit: REFUSAL } });
    assert.deepEqual([done.at(-1), error], ['look', undefined]);
    const lost = new Error('the session was lost');
    for (const [commit, isSynchronized] of [
      [lost, true],
      [lost, false],
      [CONTENTION, false],
    ] as const) {
      const found = await paying([g], { refuses: { commit }, isSynchronized });
      assert.deepEqual([found.error, found.done.at(-1)], [commit, commitOf('g')]);
    }
  });

  it('is made without the other routing engine, if the router refuses it along with that', async () => {
    const again = ['on one engine', 'load checked g', 'permit id-1', commitOf('g'), 'look', 'paid id-1 g'];
    for (const refused of [{ load: ['g'] }, { commit: REFUSAL }, { commit: CONTENTION }]) {
      const { done } = await paying([g], {
        refuses: { ...refused, synchronized: true },
        isSynchronized: true,
      });
      assert.deepEqual(done.slice(-6), again);
    }
    const { done } = await paying([g, h], {
      refuses: { load: ['g'], synchronized: true },
      isSynchronized: true,
    });
    assert.ok(!done.includes('on one engine'), 'some of it was made');
  });

  for (const what of ['permit', 'paid', 'decision', 'given up'] as const)
    it(`is left as it is if the token is void at "${what}" (T3)`, async () => {
      const scenario: Scenario = what === 'given up' ? { stands: { d: MODIFIED } } : {};
      const { error, done } = await paying([deciding], { ...scenario, void: what });
      assert.match(String(error), /fencing token 3 is void/);
      assert.match(done.at(-1) ?? '', new RegExp(`^${what}`));
    });
});

describe('what a router owes while the commit is pending that contains it', () => {
  it('is made by the commit that confirms the rest', async () => {
    const { done, error } = await paying([g, h], { pending: OWED, stands: { h: MODIFIED } });
    const made = ['load unchecked g', 'permit id-1', commitOf('g'), 'look', 'paid id-1 g'];
    assert.deepEqual([done, error], [made, undefined]);
  });

  it('is made near the deadline, too: nothing else is to become permanent', async () => {
    const near = { ...OWED, until: Date.now() + 1_000 };
    const { done, error } = await paying([g], { pending: near });
    assert.deepEqual([done.at(-1), error], ['paid id-1 g', undefined]);
  });

  it('is waited for if none of it can be made', async () => {
    const { done, error } = await paying([g], { pending: OWED, stands: { g: MODIFIED } });
    assert.match(String(error), /a confirmed commit by somebody is pending/);
    assert.deepEqual(done, []);
  });
});

describe('a deletion that a router is to decide', () => {
  it('is made only while the records say that it decides', async () => {
    const { done } = await paying([deciding], {});
    assert.deepEqual(done.slice(0, 2), ['decision id-1 d', 'load checked d']);
    const { done: rest } = await paying([deciding, g], { decides: 'forgotten' });
    assert.deepEqual(rest.slice(0, 2), ['decision id-1 d', 'load checked g']);
    assert.deepEqual(rest.slice(-1), ['paid id-1 g']);
    const { done: undecided } = await paying([owedOf('d', 'decided')], {});
    assert.ok(!undecided.includes('decision id-1 d'));
  });

  it('is given up with the router’s reason if the router refuses it', async () => {
    for (const refuses of [{ load: ['d'] }, { commit: REFUSAL }]) {
      const { done, says } = await paying([deciding, owedOf('e', 'decided')], { refuses });
      assert.deepEqual(
        done.filter((what) => what.startsWith('given up')),
        ['given up id-1 d'],
      );
      const why = `MX-1 refuses the deletion: ${REFUSAL.message.replace('\n', ' ')}`;
      assert.deepEqual(says, [{ type: FAILURES.RouterRefused, why }]);
    }
  });

  it('is given up if somebody has put something into its stanzas, with the statement', async () => {
    const { done, says } = await paying([deciding], { stands: { d: MODIFIED } });
    assert.deepEqual(done, ['decision id-1 d', 'given up id-1 d']);
    const why = 'MX-1: "system x" was changed by somebody else';
    assert.deepEqual(says, [{ type: FAILURES.Conflict, why }]);
  });

  it('is not given up where nobody knows what stands, nor for a refusal that has passed', async () => {
    assert.deepEqual((await paying([deciding], { stands: { d: UNREADABLE } })).done, ['decision id-1 d']);
    const refuses = { load: ['d'], synchronized: true } as const;
    const { says } = await paying([deciding], { refuses, isSynchronized: true, afterCommit: UNREADABLE });
    assert.deepEqual(says, []);
  });

  it('is not given up while a commit is pending', async () => {
    const stands = { d: MODIFIED };
    const { done } = await paying([deciding, g], { pending: OWED, stands });
    assert.deepEqual(done.slice(-2), ['look', 'paid id-1 g']);
  });

  it('is given up with other words if it is not the router that refuses it', async () => {
    const refuses = { load: ['d'], why: new RefusedError(FAILURES.OutsideOwnership, 'not its own') };
    const { says } = await paying([deciding], { refuses });
    const why = "MX-1: the deletion can't be made: not its own";
    assert.deepEqual(says, [{ type: FAILURES.OutsideOwnership, why }]);
  });
});
