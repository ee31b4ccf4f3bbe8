/** What a look says of routers that owe something, from what etcd and a login on each of them answer. */
import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import {
  lookAtOwedChanges,
  lookingAtOwedChanges,
  owingAmong,
} from '../../../activities/pair/pay-without-request.ts';
import { StoreUnavailableError } from '../../../etcd/errors.ts';
import type { ResourceRef } from '../../../gateway/resource.ts';
import { AuthenticationError, SessionLostError } from '../../../netconf/errors.ts';
import type { RouterTarget } from '../../../netconf/pool.ts';
import type { MaintenanceHold } from '../../../pair/router-record.ts';
import { inActivity, scheduledNow } from '../activity.ts';

const PAIR = ['r1', 'r2'] as const;
const peer = { id: 'r', host: 'h', port: 830 };
const away = new SessionLostError(peer, { operation: 'hello', sent: false, reason: 'cut' });
const refused = new AuthenticationError(peer, { username: 'esi', methods: ['password'] });
const HOLD: MaintenanceHold = { reason: 'line card', by: 'bob', since: 'noon' };

interface Facts {
  /** By router id: the error of a login there. */
  readonly login?: Readonly<Record<string, Error>>;
  readonly held?: string;
  /** The error of each read from etcd. */
  readonly etcd?: Error;
}

describe('a look at routers that owe something', () => {
  let opened: { readonly id: string; readonly signal: AbortSignal | undefined }[];
  beforeEach(() => (opened = []));

  /** Both routers owe one change. */
  function dependencies({ login = {}, held, etcd }: Facts): Dependencies {
    const store = {
      router: async (id: string) => {
        if (etcd !== undefined) throw etcd;
        return { reservation: null, maintenance: id === held ? HOLD : null, owedChanges: [{}] };
      },
      snapshot: () => ({
        read: async (ref: ResourceRef) => {
          const body = { name: `name of ${ref.id}`, ip: '192.0.2.1', ssh_port: 830, login: 'esi' };
          return { ref, body, version: 1, markedForDeletion: false, modRevision: '1' };
        },
      }),
    };
    const withSession = async (
      { id }: RouterTarget,
      work: () => Promise<void>,
      { signal }: { readonly signal?: AbortSignal } = {},
    ) => {
      opened.push({ id, signal });
      if (login[id] !== undefined) throw login[id];
      await work();
    };
    return { store, routers: { withSession } } as unknown as Dependencies;
  }
  const look = (facts: Facts, { signal } = new AbortController()) =>
    lookAtOwedChanges(dependencies(facts), PAIR, signal);

  it('is repeated soon if one of the obstacles may go away by itself', async () => {
    const mixed = await look({ login: { r1: refused, r2: away } });
    assert.deepEqual([mixed.ready, mixed.isSlow], [[], false]);
    assert.equal(mixed.inTheWay, `name of r1: ${refused.message}`);
    const held = await look({ login: { r1: away }, held: 'r2' });
    assert.deepEqual([held.ready, held.isSlow], [[], false]);
    const onlyHeld = await look({ held: 'r2' });
    assert.deepEqual([onlyHeld.ready, onlyHeld.isSlow], [['r1'], false]);
    assert.equal(onlyHeld.inTheWay, 'name of r2 is held for maintenance: line card (bob, since noon)');
  });

  it('is repeated seldom if only a person can mend each of them: another wrong login would lock the account', async () => {
    assert.equal((await look({ login: { r1: refused, r2: refused } })).isSlow, true);
    const one = await look({ login: { r2: refused } });
    assert.deepEqual([one.ready, one.isSlow], [['r1'], true]);
  });

  it('ends with its activity, and says nothing of the routers then', async () => {
    const leave = new AbortController();
    const all = inActivity(
      scheduledNow(),
      () => lookingAtOwedChanges(dependencies({}))({ routers: PAIR }),
      undefined,
      leave,
    );
    assert.deepEqual((await all).ready, PAIR);
    assert.deepEqual(
      opened,
      PAIR.map((id) => ({ id, signal: leave.signal })),
    );
    leave.abort();
    await assert.rejects(look({ login: { r1: away } }, leave), away);
  });

  it('fails while etcd does not answer: then nobody knows what a router owes', async () => {
    const etcd = new StoreUnavailableError('read', new Error('cut'));
    await assert.rejects(owingAmong(dependencies({ etcd }).store, PAIR), etcd);
    await assert.rejects(look({ login: { r2: etcd } }), etcd);
  });
});
