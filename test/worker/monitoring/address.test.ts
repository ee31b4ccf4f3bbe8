import assert from 'node:assert/strict';
import { hostAndPort, numericAddress } from '../../../worker/monitoring/address.ts';

describe('an address to listen at', () => {
  for (const [address, host, port] of [
    ['127.0.0.1:9464', '127.0.0.1', 9464],
    ['localhost:0', 'localhost', 0],
    ['[::1]:9464', '::1', 9464],
  ] as const)
    it(`${address} is a host and a port`, () => assert.deepEqual(hostAndPort(address), { host, port }));

  it('keeps its IP address', async () => {
    assert.equal(await numericAddress('127.0.0.1:9464'), '127.0.0.1:9464');
    assert.equal(await numericAddress('[::1]:9464'), '[::1]:9464');
  });

  it('gets the IP address of a name', async () => {
    assert.match(await numericAddress('localhost:9464'), /^(?:127\.0\.0\.1|\[::1\]):9464$/);
  });

  it('is refused if its name stands for nothing', async () => {
    await assert.rejects(numericAddress('999.0.0.1:9464'), { hostname: '999.0.0.1' });
  });
});
