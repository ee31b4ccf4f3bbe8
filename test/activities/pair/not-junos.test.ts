import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { CAPABILITIES } from '../../../netconf/hello.ts';
import type { Connect } from '../../../netconf/open-session.ts';
import { connectSsh } from '../../../netconf/ssh-transport.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import { assertFree, carries, logsOf } from './router-facts.ts';

const OTHER = 'urn:of-another-vendor';

/** Reaches routers whose hello names another vendor's capability instead of Junos's. */
const connectToOthers: Connect = async (options) => {
  const transport = await connectSsh(options);
  return {
    ...transport,
    start: ({ received, lost }) =>
      transport.start({
        received: (bytes) => {
          const text = Buffer.from(bytes).toString('latin1');
          received(Buffer.from(text.replace(CAPABILITIES.junos, OTHER), 'latin1'));
        },
        lost,
      }),
  };
};

describe('a router that is no Junos router', function () {
  this.timeout(30_000);
  const etcd = useEtcd();

  it('is refused at once, before any request is sent to it; the reason names what was expected and what it offers', async () => {
    const scene = await openScene(etcd(), { pool: { connect: connectToOthers } });
    try {
      const [member] = (await scene.gateways(1)) as [PairMember];
      const before = scene.routers.map(logsOf);
      const outcome = await scene.apply(await scene.reservation(), [member]);
      assert.deepEqual([outcome.applied, outcome.toRevert], [[], []]);
      assert.equal(outcome.refused[0]?.type, FAILURES.RouterRefused);
      assert.match(
        outcome.refused[0].reason,
        new RegExp(`router MX-\\d \\(.*\\): expected ${CAPABILITIES.junos} .*, got .*${OTHER}, .*base:1.0`),
      );
      assert.deepEqual(scene.routers.map(logsOf), before);
      for (const router of scene.routers) assert.equal(carries(router, member), false);
      await assertFree(scene);
    } finally {
      await scene.close();
    }
  });
});
