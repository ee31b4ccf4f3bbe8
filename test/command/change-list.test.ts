import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestsOf } from '../../command/change-list.ts';
import { fakeIo } from './fake-io.ts';

const listed = (content: string) => requestsOf([], { file: '-' }, fakeIo({}, {}, content));
const gateway = (resourceType: string, resourceId: string) => ({ resourceType, resourceId });

describe('the gateways that a command is for', () => {
  it('are several of one type, each once, in the order given', async () => {
    const requests = await requestsOf(['vpn_gateway', '2', '1', '2'], {}, fakeIo());
    assert.deepEqual(requests, [gateway('vpn_gateway', '2'), gateway('vpn_gateway', '1')]);
  });

  it('have a version only if there is one of them', async () => {
    const [one] = await requestsOf(['vpn_gateway', '1'], { version: '3' }, fakeIo());
    assert.deepEqual(one, { ...gateway('vpn_gateway', '1'), version: 3 });
    await assert.rejects(requestsOf(['vpn_gateway', '1', '2'], { version: '3' }, fakeIo()), {
      name: 'UsageError',
      message: '--version: expected one gateway with it, got 2',
    });
  });

  it('are those of a list, without comments and empty lines', async () => {
    const requests = await listed(
      '# all\n\nvpn_gateway 1 # first\r\n\t internet_gateway\t2  \nvpn_gateway 1\n',
    );
    assert.deepEqual(requests, [gateway('vpn_gateway', '1'), gateway('internet_gateway', '2')]);
  });

  it('are those of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    const file = join(folder, 'list');
    await writeFile(file, 'vpn_gateway 1');
    assert.deepEqual(await requestsOf([], { file }, fakeIo()), [gateway('vpn_gateway', '1')]);
    await rm(folder, { recursive: true });
  });

  for (const [name, content, message] of [
    [
      'one word',
      'vpn_gateway 1\nvpn_gateway',
      /^--file standard input, line 2: expected TYPE ID, got "vpn_gateway"$/,
    ],
    ['three words', 'vpn_gateway 1 2', /line 1: expected TYPE ID, got "vpn_gateway 1 2"$/],
    ['a wrong type', 'VPN 1', /line 1: TYPE: expected a word like "vpn_gateway", .*, got "VPN"$/],
    ['a wrong id', '\nvpn_gateway a\u001b[2J', /line 2: ID: expected .*, got "a\\u001b\[2J"$/],
    ['nothing but comments', '# none', /expected at least one line with TYPE ID, got none$/],
  ] as const)
    it(`are refused, with the line, where that has ${name}`, async () => {
      await assert.rejects(listed(content), { name: 'UsageError', message });
    });
});
