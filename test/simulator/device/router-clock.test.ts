import assert from 'node:assert/strict';
import { client, COMMIT, COMMIT_INFORMATION, LOCK, router } from './scene.ts';

describe('a router whose clock is an hour ahead', () => {
  const SHOWN = '2024-01-02 04:04:05 UTC';
  const open = () => router({ options: { clockAhead: 3_600_000 } }).device;

  for (const rpc of [
    COMMIT_INFORMATION,
    '<get-system-uptime-information/>',
    '<get-configuration format="text"/>',
  ])
    it(`shows its own time in the reply to ${rpc}`, async () => {
      const esi = client(open());
      await esi.ok(COMMIT);
      assert.ok((await esi.ok(rpc)).includes(SHOWN));
    });

  it('shows it in the configuration as XML', async () => {
    const seconds = `commit-seconds="${Date.UTC(2024, 0, 2, 4, 4, 5) / 1000}"`;
    assert.ok((await client(open()).ok('<get-configuration/>')).includes(seconds));
  });

  it('tells by it since when the candidate is locked', async () => {
    const device = open();
    await client(device).ok(LOCK);
    const [message = ''] = await client(device, 'alice').errors(LOCK);
    assert.ok(message.includes(`since ${SHOWN}, idle 00:00:00`), message);
  });
});
