import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { putRaw } from '../world/evidence.ts';
import { assertCandidatesFree, assertCreatedNext, failCreation } from '../world/failure.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestResource } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a creation whose login a router refuses', function () {
  this.timeout(60_000);
  let world: World;
  let number = 0;
  const meanwhile = new Meanwhile();
  before(async () => {
    // What can't be undone falls back within the patience for it, as it does with the real numbers.
    const times = { confirmMinutes: 1, minuteMs: 5_000, confirmMarginMs: 500, fallbackGraceMs: 300 };
    world = await openWorld({
      wrap: meanwhile.wrap,
      device: { minute: times.minuteMs },
      policy: { ...times, patienceMs: 8_000, settlePatienceMs: 6_000 },
    });
  });
  afterEach(() => assertCandidatesFree(world));
  after(() => world.close());

  const next = () => world.gateway('vpn_gateway', (number += 1));
  const put = (record: TestResource, password: unknown) => {
    record.body['password'] = password;
    return putRaw(world, recordOf(record).key, recordOf(record).value);
  };

  it('fails after three attempts, and says so without the password', async () => {
    const gateway = next();
    const record = gateway.neighbour('edge_router', 'MX-2');
    const right = record.body['password'];
    record.body['password'] = 'canary-4711';
    const began = Date.now();
    await failCreation(world, gateway, {
      type: FAILURES.AuthenticationFailed,
      says: /^router \S+ \(127\.0\.0\.1, port \d+\): authentication of "esi" was refused \(tried password.*\): check login and password of /,
    });
    assert.ok(Date.now() - began >= 2_000, 'it did not try again');
    assert.doesNotMatch(JSON.stringify(await world.history(KEYS.state(gateway))), /canary-4711/);
    await put(record, right);
    await assertCreatedNext(world, gateway);
  });

  it('while it is polled, logs in three times, not at every look', async () => {
    const gateway = next();
    const { secondary } = world.pairOf(gateway);
    const record = gateway.neighbour('edge_router', 'MX-2');
    const right = record.body['password'];
    meanwhile.before('poll', () => put(record, 'canary-4711'));
    const outcome = await world.create(gateway);
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.AuthenticationFailed, outcome.message);
    assert.match(
      outcome.message,
      new RegExp(`^router ${secondary.name} .*: authentication of "esi" was refused`),
    );
    assert.match(outcome.compensation.join(), /authentication of "esi" was refused/);
    assert.doesNotMatch(JSON.stringify(await world.state(gateway)), /canary-4711/);
    await put(record, right);
    await assertCreatedNext(world, gateway);
  });

  it('while it is polled, is undone as soon as somebody mends the login, however often it was refused', async () => {
    const gateway = next();
    const record = gateway.neighbour('edge_router', 'MX-2');
    const right = record.body['password'];
    let mended: Promise<void> | undefined;
    meanwhile.before('poll', async () => {
      await put(record, 'canary-4711');
      meanwhile.before('requestRevert', async () => {
        // By then three attempts were made for the undo, too.
        setTimeout(() => {
          mended = put(record, right);
        }, 3_000);
      });
    });
    await failCreation(world, gateway, {
      type: FAILURES.AuthenticationFailed,
      says: /authentication of "esi" was refused/,
      jobState: { heat_outputs: [] },
    });
    assert.ok(mended !== undefined, 'it did not wait');
    await mended;
    await assertCreatedNext(world, gateway);
  });
});
