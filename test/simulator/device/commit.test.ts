import assert from 'node:assert/strict';
import { client, COMMIT, COMMIT_INFORMATION, CHECK, LOCK, router, texts } from './scene.ts';

const EDIT = 'set interfaces ae0 description edited';

describe('a commit', () => {
  it('makes the candidate the running configuration, and has an entry in the history with its author and log', async () => {
    const { device, clock } = router();
    const esi = client(device);
    await esi.set(EDIT);
    await clock.advance(60_000);
    const reply = await esi.ok('<commit-configuration><log>batch 7: a &amp; b</log></commit-configuration>');
    assert.match(reply, /<commit-success\/>/);
    assert.match(device.running(), /description edited;/);
    assert.equal(await esi.compare(), '');
    const information = await esi.ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'sequence-number'), ['0', '1']);
    assert.deepEqual(texts(information, 'user'), ['esi', 'root']);
    assert.deepEqual(texts(information, 'client'), ['netconf', 'other']);
    assert.deepEqual(texts(information, 'log'), ['batch 7: a & b']);
    assert.equal(texts(information, 'date-time')[0], '2024-01-02 03:05:05 UTC');
  });

  it('in the standard form has the reply ok', async () => {
    assert.equal(await client(router().device).ok('<commit/>'), '<ok/>');
  });

  it('changes the running configuration after the time of a check and of an activation', async () => {
    const { device, clock } = router({ options: { delays: { check: 2000, commit: 5600 } } });
    const esi = client(device);
    await esi.set(EDIT);
    const done = esi.ok(COMMIT);
    await clock.advance(7599);
    assert.doesNotMatch(device.running(), /edited/);
    await clock.advance(1);
    assert.match(device.running(), /edited/);
    await done;
  });

  it("commits other users' edits too, since all share the candidate", async () => {
    const { device } = router();
    await client(device, 'alice').set(EDIT);
    await client(device).commit();
    assert.match(device.running(), /edited/);
  });

  it('runs to its end when the client has disconnected, and only then releases the lock', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5000 } } });
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.ok(LOCK);
    await esi.set(EDIT);
    const reply = esi.send(COMMIT);
    await clock.advance(1000);
    esi.session.close();
    await alice.errors(LOCK);
    await clock.advance(4000);
    assert.equal((await reply).kind, 'reply');
    await alice.ok(LOCK);
    assert.match(device.running(), /edited/);
    assert.equal(await alice.compare(), '');
  });

  it('is not completed after a restart', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5000 } } });
    const esi = client(device);
    await esi.set(EDIT);
    const reply = esi.send(COMMIT);
    await clock.advance(1000);
    device.restart();
    await clock.advance(10_000);
    assert.deepEqual(await reply, { kind: 'drop' });
    assert.doesNotMatch(device.running(), /edited/);
  });

  it('waits for the commit before it', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5000 } } });
    const [esi, alice] = [client(device), client(device, 'alice')];
    const done: string[] = [];
    void esi.ok(COMMIT).then(() => done.push('esi'));
    void alice.ok(COMMIT).then(() => done.push('alice'));
    await clock.advance(9999);
    assert.deepEqual(done, ['esi']);
    await clock.advance(1);
    assert.deepEqual(done, ['esi', 'alice']);
  });

  it('leaves edits that are made meanwhile in the candidate', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5000 } } });
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(EDIT);
    const done = esi.ok(COMMIT);
    await clock.advance(1000);
    await alice.set('set interfaces ae0 mtu 9000');
    await clock.advance(4000);
    await done;
    assert.equal(await alice.compare(), '[edit interfaces ae0]\n+   mtu 9000;\n');
  });

  it('without a change has an entry in the history as well', async () => {
    const esi = client(router().device);
    await esi.commit();
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, 2);
  });

  it('leaves the history after fifty other commits', async () => {
    const esi = client(router().device);
    await esi.ok('<commit-configuration><log>the first</log></commit-configuration>');
    for (let n = 0; n < 49; n++) await esi.commit();
    assert.deepEqual(texts(await esi.ok(COMMIT_INFORMATION), 'log'), ['the first']);
    await esi.commit();
    const information = await esi.ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'log'), []);
    assert.equal(texts(information, 'sequence-number').length, 50);
  });

  it('that only checks changes nothing and has no entry in the history', async () => {
    const { device } = router();
    const esi = client(device);
    await esi.set(EDIT);
    await esi.ok(CHECK);
    assert.doesNotMatch(device.running(), /edited/);
    assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, 1);
  });

  for (const rpc of [
    '<commit-configuration><confirmed/><confirm-timeout>0</confirm-timeout></commit-configuration>',
    '<commit-configuration><confirmed/><confirm-timeout>soon</confirm-timeout></commit-configuration>',
    '<commit><confirmed/><confirm-timeout>-1</confirm-timeout></commit>',
    '<commit><confirmed/><persist>mine</persist></commit>',
    '<commit><persist-id>mine</persist-id></commit>',
    '<commit><log>only in the other form</log></commit>',
    '<commit-configuration><at-time>18:00</at-time></commit-configuration>',
  ]) {
    it(`refuses ${rpc}`, async () => {
      const esi = client(router().device);
      await esi.errors(rpc);
      assert.equal(texts(await esi.ok(COMMIT_INFORMATION), 'sequence-number').length, 1);
    });
  }
});
