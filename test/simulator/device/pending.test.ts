import assert from 'node:assert/strict';
import { CHECK, client, COMMIT, COMMIT_INFORMATION, router, texts } from './scene.ts';
import { edit, MINUTE, tried } from './on-trial.ts';

describe('a confirmed commit', () => {
  it('falls back at its deadline, as root, though nobody is connected', async () => {
    const { device, clock, esi, runs } = await tried();
    esi.session.close();
    await clock.advance(2 * MINUTE - 1);
    runs('tried');
    await clock.advance(1);
    runs('downlink');
    const information = await client(device).ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'user').slice(0, 2), ['root', 'esi']);
    assert.deepEqual(texts(information, 'client').slice(0, 2), ['other', 'netconf']);
    assert.deepEqual(texts(information, 'comment'), ['commit confirmed, rollback in 2mins']);
    assert.deepEqual(texts(information, 'log'), ['ours']);
  });

  it('waits ten minutes when told nothing else', async () => {
    const { device, clock } = router();
    const esi = client(device);
    await esi.set(edit('tried'));
    await esi.ok('<commit-configuration><confirmed/></commit-configuration>');
    await clock.advance(10 * MINUTE - 1);
    assert.match(device.running(), /tried/);
    await clock.advance(1);
    assert.doesNotMatch(device.running(), /tried/);
  });

  it('counts in minutes of the chosen length', async () => {
    const { clock, runs } = await tried({ minute: 100 });
    await clock.advance(200);
    runs('downlink');
  });

  for (const [what, rpc] of [
    ['a check', CHECK],
    ['validate', '<validate><source><candidate/></source></validate>'],
    ['a commit', COMMIT],
    ['a standard commit', '<commit/>'],
  ] as const) {
    it(`is confirmed by ${what} from any session`, async () => {
      const { device, clock, runs } = await tried();
      await clock.advance(MINUTE);
      await client(device, 'alice').ok(rpc);
      await clock.advance(10 * MINUTE);
      runs('tried');
    });
  }

  it('is left pending by the check of another user, where that is so, and confirmed by one of its own', async () => {
    for (const [user, falls] of [
      ['alice', true],
      ['esi', false],
    ] as const) {
      const { device, clock, runs } = await tried({ foreignCheck: 'leaves' });
      await client(device, user).ok(CHECK);
      await clock.advance(2 * MINUTE);
      runs(falls ? 'downlink' : 'tried');
    }
  });

  it('is not confirmed by a check that fails', async () => {
    const { device, clock, esi, runs } = await tried();
    await esi.set('set routing-instances v interface ae0.77');
    await client(device, 'alice').errors(CHECK);
    await clock.advance(2 * MINUTE);
    runs('downlink');
  });

  it('takes the time of a confirmation, not of a commit, to be confirmed by one', async () => {
    const { clock, esi } = await tried({ delays: { commit: 5000, confirm: 2000 } });
    let done = false;
    void esi.ok(COMMIT).then(() => (done = true));
    await clock.advance(1999);
    assert.equal(done, false);
    await clock.advance(1);
    assert.equal(done, true);
  });

  it('leaves no entry in the history when a check confirms it', async () => {
    const { esi } = await tried();
    const before = texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length;
    await esi.ok(CHECK);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, before);
  });

  it('takes its time to fall back, and is not overtaken meanwhile', async () => {
    const { device, clock, runs } = await tried({ delays: { rollback: 3000 } });
    await clock.advance(2 * MINUTE);
    const late = client(device, 'alice').ok(COMMIT);
    runs('tried');
    await clock.advance(3000);
    await late;
    runs('downlink');
  });

  it('is not undone by a deadline that comes while it is being confirmed', async () => {
    const { device, clock, runs } = await tried({ delays: { confirm: 5000 } });
    await clock.advance(2 * MINUTE - 1000);
    const confirming = client(device, 'alice').ok(COMMIT);
    await clock.advance(10 * MINUTE);
    await confirming;
    runs('tried');
  });

  it('can be abandoned early by committing what was before', async () => {
    const { clock, esi, runs } = await tried();
    await esi.ok('<load-configuration rollback="1"/>');
    await esi.commit();
    runs('downlink');
    await clock.advance(10 * MINUTE);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'user').filter((u) => u === 'root').length, 1);
  });

  it('in the standard form counts seconds and ends with its session', async () => {
    for (const end of ['close', 'deadline', 'confirm'] as const) {
      const { device, clock } = router();
      const [esi, alice] = [client(device), client(device, 'alice')];
      await esi.set(edit('tried'));
      await esi.ok('<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>');
      await clock.advance(119_999);
      assert.match(device.running(), /tried/);
      if (end === 'confirm') await alice.ok('<commit/>');
      if (end === 'deadline') await clock.advance(1);
      else esi.session.close();
      await clock.advance(10 * MINUTE);
      assert.equal(/tried/.test(device.running()), end === 'confirm', end);
    }
  });

  it('in the standard form falls back at once when its session is killed', async () => {
    const { device, clock } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(edit('tried'));
    await esi.ok('<commit><confirmed/></commit>');
    await alice.ok(`<kill-session><session-id>${esi.session.id}</session-id></kill-session>`);
    await clock.advance(0);
    assert.doesNotMatch(device.running(), /tried/);
  });
});
