import assert from 'node:assert/strict';
import type { TapeEntry } from '../../../simulator/device/tape.ts';
import {
  CHECK,
  client,
  COMMIT,
  confirmed,
  describeAe0,
  LOCK,
  MINUTE,
  pendingCommit,
  router,
  routerPair,
  UNLOCK,
} from './scene.ts';

/** Collects the events from now on. */
function taped(device: { onEvent(listener: (entry: TapeEntry) => void): void }) {
  const tape: TapeEntry[] = [];
  device.onEvent((entry) => void tape.push(entry));
  const ofKind = <K extends TapeEntry['kind']>(kind: K) =>
    tape.filter((entry): entry is Extract<TapeEntry, { kind: K }> => entry.kind === kind);
  return { tape, ofKind };
}

describe('the events of a router', () => {
  it('report a commit with its author, log, time and configuration', async () => {
    const { device, clock } = router();
    const { ofKind } = taped(device);
    const esi = client(device);
    await esi.set(describeAe0('mine'));
    await esi.ok('<commit-configuration><log>because</log></commit-configuration>');
    const [commit, ...more] = ofKind('committed');
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

  it('report the deadline of a confirmed commit, and the author of the commit that another one confirmed', async () => {
    const { device, clock } = router();
    const { ofKind } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(describeAe0('mine'));
    await esi.ok(confirmed(2, 'ours'));
    await alice.ok(COMMIT);
    assert.deepEqual(
      ofKind('committed').map(({ user, until, met }) => ({ user, until, met })),
      [
        { user: 'esi', until: clock.now() + 2 * MINUTE, met: null },
        { user: 'alice', until: null, met: { user: 'esi', log: 'ours' } },
      ],
    );
  });

  it('report a check that confirmed a commit, and no other check', async () => {
    const { device } = await pendingCommit();
    const { tape } = taped(device);
    const alice = client(device, 'alice');
    await alice.ok(CHECK);
    await alice.ok(CHECK);
    assert.deepEqual(
      tape.map((entry) => ({ ...entry, at: 0 })),
      [{ at: 0, kind: 'confirmed', user: 'alice', met: { user: 'esi', log: 'ours' } }],
    );
  });

  it('report a fall-back, with the configuration after it', async () => {
    const { device, clock } = await pendingCommit();
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

  it('report that a fall-back will never happen', async () => {
    const { device, clock, esi } = await pendingCommit({ deadlineMeetsLock: 'fails' });
    const { tape } = taped(device);
    await esi.ok(LOCK);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(
      tape.map(({ kind }) => kind),
      ['stayed'],
    );
  });

  it('report whether an edit was made under a lock, and whose edits were discarded', async () => {
    const { device, clock } = router();
    const { tape } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    await alice.set(describeAe0('hers'));
    await esi.ok('<discard-changes/>');
    await esi.ok('<discard-changes/>');
    await esi.ok(LOCK);
    await esi.set(describeAe0('mine'));
    const [mine, hers] = [esi.session.id, alice.session.id];
    const at = clock.now();
    assert.deepEqual(tape, [
      { at, kind: 'edited', user: 'alice', session: hers, locked: false },
      { at, kind: 'discarded', user: 'esi', session: mine, edits: hers },
      { at, kind: 'edited', user: 'esi', session: mine, locked: true },
    ]);
  });

  it('report who killed whose session', async () => {
    const { device } = router();
    const { ofKind } = taped(device);
    const [esi, alice] = [client(device), client(device, 'alice')];
    const { id } = esi.session;
    await alice.ok(`<kill-session><session-id>${id}</session-id></kill-session>`);
    assert.deepEqual(
      ofKind('killed').map(({ user, victim }) => ({ user, victim })),
      [{ user: 'alice', victim: { user: 'esi', session: id } }],
    );
  });

  it('report VRRP states, after the commit that configured the group, and to whom they were shown', async () => {
    const { clock, primary } = routerPair({ delays: { vrrpSettle: 1000 } });
    const { tape, ofKind } = taped(primary);
    const esi = client(primary);
    const ask =
      '<get-vrrp-interface-information><interface-name>ae0.7</interface-name></get-vrrp-interface-information>';
    await esi.set(
      'set interfaces ae0 unit 7 apply-groups VPNGW1-VRRP',
      'set interfaces ae0 unit 7 vlan-id 7',
      'set interfaces ae0 unit 7 family inet',
    );
    await esi.commit();
    await clock.advance(10_000);
    await esi.ok(ask);
    await esi.set('delete interfaces ae0 unit 7');
    await esi.commit();
    const kinds = tape.map(({ kind }) => kind);
    assert.ok(kinds.indexOf('committed') < kinds.indexOf('vrrp'));
    assert.deepEqual(
      ofKind('vrrp').map(({ unit, state }) => [unit, state]),
      [
        ['ae0.7', 'init'],
        ['ae0.7', 'backup'],
        ['ae0.7', 'master'],
        ['ae0.7', 'gone'],
      ],
    );
    assert.deepEqual(
      ofKind('showed').map(({ user, what, name, state }) => [user, what, name, state]),
      [['esi', 'vrrp', 'ae0.7', 'master']],
    );
  });

  it('report each unit and each group that was shown, alone or with all others', async () => {
    const { clock, primary } = routerPair({ delays: { vrrpSettle: 1000 } });
    const esi = client(primary);
    for (const unit of [7, 8])
      await esi.set(
        `set interfaces ae0 unit ${unit} apply-groups VPNGW1-VRRP`,
        `set interfaces ae0 unit ${unit} vlan-id ${unit}`,
        `set interfaces ae0 unit ${unit} family inet`,
      );
    await esi.commit();
    await clock.advance(10_000);
    const shownBy = async (request: string) => {
      const { ofKind } = taped(primary);
      await esi.ok(request);
      const shown = ofKind('showed').map(({ what, name, state }) => [what, name, state].join(' '));
      return shown.filter((words) => / ae0\.[78] /.test(words));
    };
    const one = (what: string) => `<${what}><interface-name>ae0.8</interface-name><terse/></${what}>`;
    assert.deepEqual(await shownBy(one('get-interface-information')), ['interface ae0.8 up']);
    assert.deepEqual(await shownBy('<get-interface-information><terse/></get-interface-information>'), [
      'interface ae0.7 up',
      'interface ae0.8 up',
    ]);
    assert.deepEqual(await shownBy('<get-vrrp-information><summary/></get-vrrp-information>'), [
      'vrrp ae0.7 master',
      'vrrp ae0.8 master',
    ]);
  });

  it('report a restart, with the configuration after it', () => {
    const { device, clock } = router();
    const { tape } = taped(device);
    device.restart();
    assert.deepEqual(tape, [{ at: clock.now(), kind: 'restarted', config: device.running() }]);
  });

  it('are plain JSON', async () => {
    const { device, clock, esi } = await pendingCommit();
    const { tape } = taped(device);
    await esi.ok(CHECK);
    await clock.advance(MINUTE);
    device.restart();
    assert.deepEqual(JSON.parse(JSON.stringify(tape)), tape);
  });
});

describe('the inspection of a router', () => {
  it('finds no lock, no session and nothing pending on a router without clients', () => {
    const { device } = router();
    const running = device.running();
    assert.deepEqual(device.inspect(), {
      running,
      candidate: running,
      lock: null,
      pending: null,
      sessions: [],
    });
  });

  it('finds the lock, the edits, the pending commit and the sessions', async () => {
    const { device, clock, esi } = await pendingCommit();
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await alice.set(describeAe0('hers'));
    const found = device.inspect();
    assert.match(found.running, /description unconfirmed;/);
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
