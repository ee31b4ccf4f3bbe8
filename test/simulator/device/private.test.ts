import assert from 'node:assert/strict';
import { CHECK, client, COMMIT, confirmed, LOCK, router } from './scene.ts';

const PRIVATE = '<open-configuration><private/></open-configuration>';
const EXCLUSIVE = '<open-configuration><exclusive/></open-configuration>';
const CLOSE = '<close-configuration/>';
const EDIT = 'set interfaces ae0 description mine';
const OTHER_EDIT = 'set interfaces ae0 mtu 9000';

describe('a private copy', () => {
  const scene = async () => {
    const { device, clock } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.ok(PRIVATE);
    return { device, clock, esi, alice };
  };

  it('is visible to its session only, and lost when it is closed', async () => {
    const { esi, alice } = await scene();
    await esi.set(EDIT);
    assert.match(await esi.compare(), /mine/);
    assert.equal(await alice.compare(), '');
    await alice.ok(LOCK);
    await esi.ok(CLOSE);
    assert.equal(await esi.compare(), '');
  });

  it('is committed on top of the configuration that runs by then', async () => {
    const { device, esi, alice } = await scene();
    await esi.set(EDIT);
    await alice.set('set interfaces ae0 mtu 9000');
    await alice.commit();
    await esi.commit();
    assert.match(device.running(), /description mine;\n {8}mtu 9000;/);
    assert.equal(await alice.compare(), '');
    assert.equal(await esi.compare(), '');
  });

  it("is neither opened nor committed while the candidate has other users' edits", async () => {
    const { device, esi, alice } = await scene();
    await esi.set(EDIT);
    await alice.set('set interfaces ae0 mtu 9000');
    assert.deepEqual(await esi.errors(COMMIT), ['shared configuration database modified']);
    assert.deepEqual(await client(device).errors(PRIVATE), ['shared configuration database modified']);
  });

  it('has the candidate locked while it is committed, so that no edit of others is lost', async () => {
    for (const outcome of ['is committed', 'is refused', 'meets a restart'] as const) {
      const { device, clock } = router({ options: { delays: { check: 1_000, commit: 5_000 } } });
      const [esi, alice] = [client(device), client(device, 'alice')];
      await esi.ok(PRIVATE);
      await esi.set(outcome === 'is refused' ? 'set routing-instances v interface ae0.77' : EDIT);
      const committed = esi.send(COMMIT);
      await clock.advance(500);
      assert.match(await alice.set(OTHER_EDIT), /lock-denied/);
      assert.match((await alice.errors(LOCK)).join(), /locked by:\s+esi/);
      if (outcome === 'meets a restart') device.restart();
      await clock.advance(10_000);
      const reply = await committed;
      assert.equal(reply.kind, outcome === 'meets a restart' ? 'drop' : 'reply');
      const after = client(device, 'alice');
      await after.set(OTHER_EDIT);
      assert.match(await after.compare(), /mtu 9000/);
      await after.ok('<discard-changes/>');
      await after.ok(LOCK);
    }
  });

  it('keeps the lock that its session had before the commit', async () => {
    const { device } = router();
    const esi = client(device);
    await esi.ok(LOCK);
    await esi.ok(PRIVATE);
    await esi.set(EDIT);
    await esi.commit();
    assert.match((await client(device, 'alice').errors(LOCK)).join(), /locked by:\s+esi/);
  });

  it('can be edited and not committed while another session owns the lock', async () => {
    const { esi, alice } = await scene();
    await alice.ok(LOCK);
    await esi.set(EDIT);
    assert.match(await esi.compare(), /mine/);
    assert.match((await esi.errors(COMMIT)).join(), /locked by/);
  });

  it('confirms a pending commit when it is committed, and cannot be committed with a time-out', async () => {
    const { clock, device, esi, alice } = await scene();
    await alice.set('set interfaces ae0 mtu 9000');
    await alice.ok(confirmed(1));
    await esi.set(EDIT);
    assert.deepEqual(await esi.errors(confirmed(1)), ['commit confirmed is not supported in private mode']);
    await esi.commit();
    await clock.advance(600_000);
    assert.match(device.running(), /mtu 9000/);
  });

  it('is checked as the configuration that a commit would activate', async () => {
    const { esi } = await scene();
    await esi.set('set routing-instances v interface ae0.77');
    assert.match((await esi.errors(CHECK)).join(), /ae0\.77 is not configured/);
    await esi.ok('<discard-changes/>');
    await esi.ok(CHECK);
  });

  it('is not opened twice, and not in an unknown mode', async () => {
    const { device, esi } = await scene();
    await esi.errors(PRIVATE);
    await client(device).errors('<open-configuration><ephemeral/></open-configuration>');
    await client(device).errors('<open-configuration/>');
    await client(device).errors(CLOSE);
  });
});

describe('the candidate opened exclusively', () => {
  it('is locked until it is closed, and the edits are discarded then', async () => {
    const { device } = router();
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.ok(EXCLUSIVE);
    await esi.set(EDIT);
    assert.match((await alice.errors(EXCLUSIVE)).join(), /locked by/);
    await esi.ok(CLOSE);
    await alice.ok(EXCLUSIVE);
    assert.equal(await alice.compare(), '');
  });
});
