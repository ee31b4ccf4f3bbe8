import assert from 'node:assert/strict';
import { routerCommand } from '../../command/router-options.ts';
import { UsageError } from '../../command/usage.ts';

describe('the routers outside of a simulated one', () => {
  const peersOf = (...peers: readonly string[]) =>
    routerCommand(['--port', '0', '--user', 'alice:secret', ...peers.flatMap((peer) => ['--peer', peer])], {})
      .routers[0].options?.peers;

  it('speak BGP, each with a key or without one', () => {
    assert.deepEqual(peersOf('192.0.2.1:64496', '192.0.2.5:4200000000:a:key'), [
      { address: '192.0.2.1', as: 64_496 },
      { address: '192.0.2.5', as: 4_200_000_000, md5: 'a:key' },
    ]);
  });

  it('are none if none is named', () => {
    assert.deepEqual(peersOf(), []);
  });

  for (const wrong of ['192.0.2.1', 'peer:64496', '192.0.2.1:AS1'])
    it(`are not told as ${wrong}, and no key is shown`, () => {
      assert.throws(() => peersOf(`${wrong}:secret`), {
        name: UsageError.name,
        message: `--peer: expected ADDRESS:AS or ADDRESS:AS:KEY, got "${wrong}${wrong.includes(':') ? '' : ':secret'}"`,
      });
    });
});
