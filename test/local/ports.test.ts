import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { freePorts } from '../../local/ports.ts';

describe('free ports', () => {
  it('are different, and lie outside the range from which systems assign ports', async () => {
    const ports = await freePorts(100);
    assert.equal(new Set(ports).size, 100);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: given } = server.address() as AddressInfo;
    server.close();
    assert.ok(Math.max(...ports) < Math.min(32_768, given), `${Math.max(...ports)} and ${given}`);
  });

  it('are not given again while the program that they are meant for may not listen yet', async () => {
    // Of 8,000 ports, 600 that are picked one by one are hardly ever all different.
    const picked = await Promise.all(Array.from({ length: 60 }, () => freePorts(10)));
    assert.equal(new Set(picked.flat()).size, 600);
  });
});
