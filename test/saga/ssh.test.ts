/** What a creation ends with where SSH to a router does not work as it should, and that it ends soon. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { FailureType } from '../../gateway/failures.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { LocalRouter, RouterLogin } from '../../local/routers.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { createHostKey } from '../../simulator/server/index.ts';
import type { RouterOptions } from '../../simulator/server/index.ts';
import { keyPair } from '../netconf/keys.ts';
import { putRaw, tracesOf } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, failCreation } from '../world/failure.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { historyByCommand } from './temporal-command.ts';

const PASSWORD = 'canary-4711-right';
const WRONG = 'canary-4711-wrong';
const CANARY = 'canary-4711';
/** A router that could not be reached would be waited for that long. */
const PATIENCE_MS = 120_000;
const SOON_MS = 12_000;

interface Case {
  readonly what: string;
  /** Of the secondary router. */
  readonly ssh?: RouterOptions['ssh'];
  readonly type: FailureType;
  /** After the router's name and address. */
  readonly says: string;
  /** Spoils more than the router's SSH server; what it returns mends all of it. */
  readonly spoil?: (world: World, gateway: TestGateway, router: LocalRouter) => Promise<() => Promise<void>>;
}

const newPasswords: string[] = [];
const onNewPassword = (answer: string) => newPasswords.push(answer);
const EXPIRED =
  'authentication of "esi" was refused \\(tried publickey, .*\\): its password has expired, and the router asks for a new one: set it on the router and in the edge_router record';
const CASES: readonly Case[] = [
  {
    what: 'has old algorithms only',
    ssh: { algorithms: { kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'] } },
    type: FAILURES.RouterRefused,
    says: 'no SSH key exchange in common: expected one of .*, got diffie-hellman-group14-sha1, diffie-hellman-group1-sha1; on the router: set system services ssh key-exchange ecdh-sha2-nistp256, or a newer release',
  },
  {
    what: 'asks for a new password in a dialogue',
    ssh: { expired: 'in dialogue', onNewPassword },
    type: FAILURES.AuthenticationFailed,
    says: EXPIRED,
  },
  {
    what: 'asks for a new password where it takes passwords',
    ssh: { expired: 'in password', onNewPassword },
    type: FAILURES.AuthenticationFailed,
    says: EXPIRED,
  },
  {
    what: 'has another host key than the known one',
    type: FAILURES.HostKeyRejected,
    says: 'host key ssh-ed25519 SHA256:\\S+ is changed; if that is as it should be: ssh-keygen -R \\S+ -f \\S+ && ssh-keyscan -p \\d+ 127\\.0\\.0\\.1 >> \\S+',
    spoil: knowing('ed25519'),
  },
  {
    what: 'has a host key of another type than the known one',
    type: FAILURES.HostKeyRejected,
    says: "host key ssh-ed25519 SHA256:\\S+ is of another type; known for it is ecdsa-sha2-nistp256; if that is the router's fingerprint: ssh-keyscan -t ed25519 -p \\d+ 127\\.0\\.0\\.1 >> \\S+",
    spoil: knowing('ecdsa'),
  },
  {
    what: 'takes neither the key nor the password',
    type: FAILURES.AuthenticationFailed,
    says: 'authentication of "esi" was refused \\(tried publickey, password\\): check login and password of its edge_router record, or the private key',
    async spoil(world, gateway) {
      const record = gateway.neighbour('edge_router', 'MX-2');
      const put = (password: string) => {
        record.body['password'] = password;
        return putRaw(world, recordOf(record).key, recordOf(record).value);
      };
      await put(WRONG);
      return () => put(PASSWORD);
    },
  },
];

describe('a creation, where a router', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    const key = keyPair('ed25519');
    world = await openWorld({
      pairs: CASES.length + 1,
      password: PASSWORD,
      privateKey: key.private,
      login: ({ name }) => loginOf(Number(name.replace('MX-', '')), key.public),
      policy: { patienceMs: PATIENCE_MS },
    });
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  for (const [pair, { what, type, says, spoil }] of CASES.entries())
    it(`${what}, fails soon, names it and what to do, and nothing was committed`, async () => {
      const gateway = world.gateway('vpn_gateway', pair, pair);
      const { secondary } = world.pairOf(gateway);
      const mend = await spoil?.(world, gateway, secondary);
      const before = commits(gateway);
      const began = Date.now();
      await failCreation(world, gateway, {
        type,
        says: new RegExp(`^router MX-2 \\(127\\.0\\.0\\.1, port ${secondary.port}\\): ${says}$`),
      });
      const tookMs = Date.now() - began;
      assert.ok(tookMs < SOON_MS, `it took ${tookMs} ms`);
      assert.deepEqual(commits(gateway), before);
      assert.deepEqual(newPasswords, []);
      await assertNoPassword(gateway);
      if (mend === undefined) return;
      await mend();
      await assertCreatedNext(world, gateway);
    });

  it('wants the password and then the key, is created', async () => {
    const gateway = world.gateway('vpn_gateway', CASES.length, CASES.length);
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    await assertNoPassword(gateway);
  });

  const commits = (gateway: TestGateway) => {
    const { primary, secondary } = world.pairOf(gateway);
    return tracesOf([primary, secondary]).map((trace) => trace.commits);
  };

  /** Neither in `/state` nor in the history of the gateway's saga or of its pair. */
  async function assertNoPassword(gateway: TestGateway): Promise<void> {
    const { primary, secondary } = world.pairOf(gateway);
    const texts = [JSON.stringify(await world.history(KEYS.state(gateway)))];
    for (const id of [workflowIdOf(gateway), pairIdOf([primary.id, secondary.id])]) {
      const history = await historyByCommand(world.stack, id);
      const payloads = [...history.matchAll(/"([A-Za-z0-9+/]{8,}={0,2})"/g)].map(([, data = '']) =>
        Buffer.from(data, 'base64').toString(),
      );
      assert.ok(
        payloads.some((text) => text.includes(gateway.resourceId)),
        'payloads were not decoded',
      );
      texts.push(history, ...payloads);
    }
    for (const text of texts) assert.ok(!text.includes(CANARY), text.slice(0, 2_000));
  }
});

/** What differs at `MX-<number>`: of each pair the secondary router, and of the last pair both, which take the password and then the key. */
function loginOf(number: number, publicKey: string): RouterLogin {
  const pair = Math.ceil(number / 2) - 1;
  if (pair === CASES.length) return { ssh: { methods: ['password', 'publickey'] }, publicKeys: [publicKey] };
  const ssh = number % 2 === 0 ? CASES[pair]?.ssh : undefined;
  return ssh ? { ssh } : {};
}

/** The worker's `known_hosts` has another key, of this type, for the router. */
function knowing(type: 'ed25519' | 'ecdsa'): NonNullable<Case['spoil']> {
  return async ({ knownHosts }, _gateway, { server }) => {
    const text = await readFile(knownHosts, 'utf8');
    const [host = ''] = server.hostKeyLine.split(' ');
    await writeFile(knownHosts, text.replace(server.hostKeyLine, `${host} ${createHostKey(type).publicKey}`));
    return () => writeFile(knownHosts, text);
  };
}
