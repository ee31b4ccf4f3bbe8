import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Candidate } from '../../activities/candidate.ts';
import { RefusedError } from '../../activities/refused.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import { startLocalRouters } from '../../local/routers.ts';
import type { LocalRouter, LocalRouters } from '../../local/routers.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';
import { parseConnectTo } from '../../netconf/connect-to.ts';
import { SessionPool } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';
import { client, LOCK } from '../simulator/device/scene.ts';

const OWNED: RouterConfiguration = {
  create: 'interfaces { ae0 { unit 7 { description ours; vlan-id 7; } } }',
  arrange: [],
  remove: ['delete interfaces ae0 unit 7'],
  owns: [['interfaces', 'ae0', 'unit', '7']],
  monitors: [],
};

describe("a router's candidate, held for one edit", () => {
  let run: Run;
  let local: LocalRouters;
  let pool: SessionPool;
  let router: LocalRouter;
  let before_: string;

  before(async () => {
    run = await openRun();
    const sample = (id: string) => ({
      id,
      name: id,
      address: '192.0.2.1:830',
      username: 'esi',
      password: 'secret',
    });
    local = await startLocalRouters([[sample('r1'), sample('r2')]]);
    const knownHosts = await run.write('known_hosts', local.knownHosts);
    const connectTo = parseConnectTo(local.connectTo);
    pool = new SessionPool({ knownHosts, connectTo, connectMs: 5_000, requestMs: 5_000 });
    [router] = local.routers as [LocalRouter];
  });
  after(async () => {
    await pool.close();
    await local.close();
    await run.close();
  });
  beforeEach(() => {
    before_ = router.device.running();
  });
  afterEach(async () => {
    const operator = client(router.device);
    await operator.ok(LOCK);
    assert.equal(await operator.compare(), '', 'somebody left edits behind');
    operator.session.close();
  });

  const target = { id: 'r1', address: '192.0.2.1', port: 830, username: 'esi', password: 'secret' };
  const onRouter = <T>(work: (session: Session) => Promise<T>) => pool.withSession(target, work);

  /** Takes it, loads, and gives it back. */
  const attempt = (configuration: RouterConfiguration, load: 'loadCreate' | 'loadRemove', log?: string) =>
    onRouter(async (session) => {
      const { candidate } = await Candidate.take(session, 'r1', configuration);
      try {
        await candidate[load]();
        if (log !== undefined) await candidate.commit(log);
      } finally {
        await candidate.release();
      }
    });

  const outside = (text: RegExp) => (error: unknown) => {
    assert.ok(error instanceof RefusedError, String(error));
    assert.equal(error.type, FAILURES.OutsideOwnership);
    assert.match(error.message, text);
    return true;
  };

  it('refuses additions outside what is owned, whatever was rendered', async () => {
    const create = `${OWNED.create} system { host-name taken; }`;
    await assert.rejects(
      attempt({ ...OWNED, create }, 'loadCreate'),
      outside(/^r1: the candidate's diff: expected additions to what the gateway owns, got ".*host-name.*"$/),
    );
    assert.equal(router.device.running(), before_);
  });

  it('refuses to take something away while creating', async () => {
    const arrange = ['delete interfaces ae0 unit 7 description', 'delete interfaces ae0 description'];
    await assert.rejects(
      attempt({ ...OWNED, arrange }, 'loadCreate'),
      outside(/got "- interfaces ae0 description downlink"$/),
    );
    assert.equal(router.device.running(), before_);
  });

  it('refuses a change of nothing', async () => {
    const create = 'interfaces { ae0 { description downlink; } }';
    await assert.rejects(attempt({ ...OWNED, create }, 'loadCreate'), outside(/got nothing$/));
  });

  it('refuses removals outside what is owned', async () => {
    await attempt(OWNED, 'loadCreate', 'ours');
    const remove = [...OWNED.remove, 'delete interfaces ae0 description'];
    const carried = router.device.running();
    await assert.rejects(
      attempt({ ...OWNED, remove }, 'loadRemove'),
      outside(/expected removals from what the gateway owns, got "- interfaces ae0 description downlink"$/),
    );
    assert.equal(router.device.running(), carried);
    await attempt(OWNED, 'loadRemove', 'ours: removed');
  });

  it('takes exactly what is owned, and away again', async () => {
    await attempt(OWNED, 'loadCreate', 'ours');
    assert.match(router.device.running(), /unit 7 \{\n\s+description ours;/);
    await attempt(OWNED, 'loadRemove', 'ours: removed');
    assert.equal(router.device.running(), before_);
    const [removed, made] = router.device.snapshot().history;
    assert.deepEqual([removed?.log, made?.log], ['ours: removed', 'ours']);
  });

  it('says what stands: nothing, all of it, or something changed', async () => {
    const look = () =>
      onRouter(async (session) => {
        const { candidate, standing } = await Candidate.take(session, 'r1', OWNED);
        await candidate.release();
        return standing;
      });
    assert.deepEqual(await look(), { present: [], changed: [], whole: false });
    await attempt(OWNED, 'loadCreate', 'ours');
    assert.deepEqual(await look(), { present: OWNED.owns, changed: [], whole: true });

    const operator = client(router.device);
    for (const line of ['set interfaces ae0 unit 7 description theirs', 'deactivate interfaces ae0 unit 7']) {
      await operator.set(line);
      await operator.commit();
      assert.deepEqual(await look(), { present: OWNED.owns, changed: OWNED.owns, whole: false }, line);
    }
    operator.session.close();
    await attempt(OWNED, 'loadRemove', 'ours: removed');
    assert.equal(router.device.running(), before_);
  });

  it('is free again after a commit that the router refused', async () => {
    router.device.faults.add({ step: 'activate', outcome: { kind: 'refuse', message: 'disk full' } });
    await assert.rejects(attempt(OWNED, 'loadCreate', 'ours'), /commit was refused: .*disk full/);
    assert.equal(router.device.running(), before_);
  });

  it('is free again after a session that could not give it back', async () => {
    router.device.faults.add({ rpc: 'discard-changes', outcome: { kind: 'refuse' } });
    const create = 'interfaces { ae0 { unit 7 { apply-groups NO-SUCH-GROUP; } } }';
    await assert.rejects(attempt({ ...OWNED, create }, 'loadCreate'), /NO-SUCH-GROUP/);
    // Ending the session is what gave it back: the router notices in its own time.
    while (router.server.connections > 0) await sleep(5);
  });
});
