import assert from 'node:assert/strict';
import type { TapeEntry } from '../../../simulator/device/tape.ts';
import { CHECK, client, COMMIT, confirmed, LOCK, router, routerPair, UNLOCK } from './scene.ts';
import { edit, MINUTE, tried } from './on-trial.ts';

/** The tape of what follows, without the VRRP states. */
function taped(device: { onEvent(listener: (entry: TapeEntry) => void): void }) {
  const tape: TapeEntry[] = [];
  device.onEvent((entry) => void tape.push(entry));
  const of = <K extends TapeEntry['kind']>(kind: K) =>
    tape.filter((entry): entry is Extract<TapeEntry, { kind: K }> => entry.kind === kind);
  return { tape, of };
}

describe("a router's tape", () => {
  it('tells of a commit: who, why, when, what runs now', async () => {
    const { device, clock } = router();
    const { of } = taped(device);
    const esi = client(device);
    await esi.set(edit('mine'));
    await esi.ok('<commit-configuration><log>because</log></commit-configuration>');
    const [commit, ...more] = of('committed');
    assert.deepEqual(more, []);
    assert.match(commit?.config ?? '', /description mine;/);
    assert.equal(commit?.config, device.running());
    assert.deepEqual(
      { ...commit, config: '' },
      {
        at: clock.now(),
        kind: 'committed',
        user: 'esi',
        log: 'because',
        until: null,
        config: '',
        met: null,
      },
    );
  });

  it('tells when a confirmed commit falls back, and whose pending one a commit confirmed', async () => {
    const { device, clock } = router();
    const { of } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(edit('mine'));
    await esi.ok(confirmed(2, 'ours'));
    await alice.ok(COMMIT);
    assert.deepEqual(
      of('committed').map(({ user, until, met }) => ({ user, until, met })),
      [
        { user: 'esi', until: clock.now() + 2 * MINUTE, met: null },
        { user: 'alice', until: null, met: { user: 'esi', log: 'ours' } },
      ],
    );
  });

  it('tells of a check that confirmed, and of none that confirmed nothing', async () => {
    const { device } = await tried();
    const { tape } = taped(device);
    const alice = client(device, 'alice');
    await alice.ok(CHECK);
    await alice.ok(CHECK);
    assert.deepEqual(
      tape.map((entry) => ({ ...entry, at: 0 })),
      [{ at: 0, kind: 'confirmed', user: 'alice', met: { user: 'esi', log: 'ours' } }],
    );
  });

  it('tells of a fall-back, with what runs after it', async () => {
    const { device, clock } = await tried();
    const { tape } = taped(device);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(tape, [
      {
        at: clock.now(),
        kind: 'fell back',
        config: device.running(),
        met: { user: 'esi', log: 'ours' },
      },
    ]);
  });

  it('tells of a fall-back that will never be', async () => {
    const { device, clock, esi } = await tried({ deadlineMeetsLock: 'fails' });
    const { tape } = taped(device);
    await esi.ok(LOCK);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(
      tape.map(({ kind }) => kind),
      ['stayed'],
    );
  });

  it('tells whether an edit was made under a lock, and whose edits were dropped', async () => {
    const { device, clock } = router();
    const { tape } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    await alice.set(edit('hers'));
    await esi.ok('<discard-changes/>');
    await esi.ok('<discard-changes/>');
    await esi.ok(LOCK);
    await esi.set(edit('mine'));
    const [mine, hers] = [esi.session.id, alice.session.id];
    const at = clock.now();
    assert.deepEqual(tape, [
      { at, kind: 'edited', user: 'alice', session: hers, locked: false },
      { at, kind: 'discarded', user: 'esi', session: mine, edits: hers },
      { at, kind: 'edited', user: 'esi', session: mine, locked: true },
    ]);
  });

  it('tells who ended whose session', async () => {
    const { device } = router();
    const { of } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    const { id } = esi.session;
    await alice.ok(`<kill-session><session-id>${id}</session-id></kill-session>`);
    assert.deepEqual(
      of('killed').map(({ user, victim }) => ({ user, victim })),
      [{ user: 'alice', victim: { user: 'esi', session: id } }],
    );
  });

  it('tells of VRRP states, after the commit that brought the group, and who was shown them', async () => {
    const { clock, primary } = routerPair({ delays: { vrrpSettle: 1000 } });
    const { tape, of } = taped(primary);
    const esi = client(primary);
    const ask =
      '<get-vrrp-interface-information><interface-name>ae0.7</interface-name></get-vrrp-interface-information>';
    await esi.set(
      'set interfaces ae0 unit 7 apply-groups VPNGW1-VRRP',
      'set interfaces ae0 unit 7 vlan-id 7',
      'set interfaces ae0 unit 7 family inet',
    );
    await esi.commit();
    await clock.advance(3000);
    await esi.ok(ask);
    await esi.set('delete interfaces ae0 unit 7');
    await esi.commit();
    const kinds = tape.map(({ kind }) => kind);
    assert.ok(kinds.indexOf('committed') < kinds.indexOf('vrrp'));
    assert.deepEqual(
      of('vrrp').map(({ unit, state }) => [unit, state]),
      [
        ['ae0.7', 'init'],
        ['ae0.7', 'backup'],
        ['ae0.7', 'master'],
        ['ae0.7', 'gone'],
      ],
    );
    assert.deepEqual(
      of('showed').map(({ user, what, name, state }) => [user, what, name, state]),
      [['esi', 'vrrp', 'ae0.7', 'master']],
    );
  });

  it('tells of a restart, with what runs after it', () => {
    const { device, clock } = router();
    const { tape } = taped(device);
    device.restart();
    assert.deepEqual(tape, [{ at: clock.now(), kind: 'restarted', config: device.running() }]);
  });

  it('is plain JSON', async () => {
    const { device, clock, esi } = await tried();
    const { tape } = taped(device);
    await esi.ok(CHECK);
    await clock.advance(MINUTE);
    device.restart();
    assert.deepEqual(JSON.parse(JSON.stringify(tape)), tape);
  });
});

describe('the inspection of a router', () => {
  it('finds nothing left over on a quiet one', () => {
    const { device } = router();
    const runs = device.running();
    assert.deepEqual(device.inspect(), {
      running: runs,
      candidate: runs,
      lock: null,
      pending: null,
      sessions: [],
    });
  });

  it('finds the lock, the edits, what is pending, and the sessions', async () => {
    const { device, clock, esi } = await tried();
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await alice.set(edit('hers'));
    const found = device.inspect();
    assert.match(found.running, /description tried;/);
    assert.match(found.candidate, /description hers;/);
    assert.deepEqual(
      { ...found, running: '', candidate: '' },
      {
        running: '',
        candidate: '',
        lock: { user: 'alice', session: alice.session.id },
        pending: { user: 'esi', log: 'ours', until: clock.now() + 2 * MINUTE },
        sessions: [
          { id: esi.session.id, user: 'esi' },
          { id: alice.session.id, user: 'alice' },
        ],
      },
    );
    await alice.ok('<discard-changes/>');
    await alice.ok(UNLOCK);
    assert.equal(device.inspect().lock, null);
  });
});
