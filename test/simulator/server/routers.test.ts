import assert from 'node:assert/strict';
import { startPair, startRouters } from '../../../simulator/server/index.ts';
import { commit, routersOfTest, shown, sessionWith, unit, USER, VRRP } from './starting.ts';

describe('a pair of simulated routers', () => {
  const { pair, closeAll } = routersOfTest();

  afterEach(closeAll);

  it('elects the primary master and the secondary backup', async () => {
    const { primary, secondary } = await pair({ options: { minute: 600 } });
    const [one, two] = [await sessionWith(primary), await sessionWith(secondary)];
    await commit(one, unit('VPNGW1-VRRP'));
    await commit(two, unit('VPNGW2-VRRP'));
    assert.match(await shown(one, 'master'), /<interface>ae0\.1025</);
    assert.match(await two.ask(VRRP), /<interface>ae0\.1025<[^]*<vrrp-state>backup</);
  });

  it('moves the mastership when the primary fails', async () => {
    const { primary, secondary } = await pair({ options: { minute: 600 } });
    const [one, two] = [await sessionWith(primary), await sessionWith(secondary)];
    await commit(one, unit('VPNGW1-VRRP'));
    await commit(two, unit('VPNGW2-VRRP'));
    await shown(one, 'master');
    primary.device.setLink('ae0', false);
    await shown(two, 'master');
  });

  it('does not start at all when one of them cannot start', async () => {
    const { primary } = await pair();
    const options = { id: 'x', config: '', users: [USER] };
    const failing = startPair({ primary: options, secondary: { ...options, port: primary.port } });
    await assert.rejects(failing, { code: 'EADDRINUSE' });
  });

  it('can be one of many in a process, with one known_hosts file', async () => {
    const spec = {
      primary: { id: 'a', config: '', users: [USER] },
      secondary: { id: 'b', config: '', users: [USER] },
    };
    const started = await startRouters([spec, spec, spec]);
    const { routers, pairs, knownHosts } = started;
    try {
      assert.deepEqual(
        routers.map((one) => one.id),
        ['a', 'b', 'a', 'b', 'a', 'b'],
      );
      assert.equal(pairs[2]?.secondary, routers[5]);
      assert.equal(knownHosts, routers.map((one) => `${one.hostKeyLine}\n`).join(''));
      assert.equal(new Set(routers.map((one) => one.fingerprint)).size, 6);
    } finally {
      await started.close();
    }
  });
});
