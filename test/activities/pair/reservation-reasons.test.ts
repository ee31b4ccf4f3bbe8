import assert from 'node:assert/strict';
import { nameOf } from '../../../activities/router/router-target.ts';
import { whyNot } from '../../../activities/pair/reservation.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { fresh } from '../../etcd/reservation-fixture.ts';

describe('why the routers can’t be reserved', () => {
  const etcd = useEtcd();
  const name = (id: string) => nameOf(etcd().store, id);

  async function newRouter(called?: string): Promise<string> {
    const id = fresh('router');
    const record = { body: JSON.stringify({ id, name: called }), version: 1, marked_for_deletion: false };
    await etcd().raw.put(`/config/v2.0/edge_routers/${id}`).value(JSON.stringify(record));
    return id;
  }

  it('names the router that is under a maintenance hold, the reason, and who holds it', async () => {
    const routerId = await newRouter('MX-7');
    const maintenance = { reason: 'new line card', since: '2026-01-01T00:00:00.000Z' };
    assert.equal(
      await whyNot({ kind: 'maintenance', routerId, maintenance }, name),
      'MX-7 is held for maintenance: new line card (since 2026-01-01T00:00:00.000Z)',
    );
    assert.match(
      await whyNot(
        { kind: 'maintenance', routerId, maintenance: { ...maintenance, by: 'alice@jump' } },
        name,
      ),
      /: new line card \(alice@jump, since 2026-/,
    );
  });

  it('names the pair that has reserved the router; a router without a name or a record is named by its id', async () => {
    const [one, other] = [await newRouter('MX-7'), await newRouter()];
    const missing = fresh('router');
    const reservation = { id: 't.1', since: '', token: 1, sessions: [], members: [], committedAt: null };
    const busy = (pair: string) =>
      whyNot(
        { kind: 'busy', routerId: one, reservation: { ...reservation, pair: `router_pair:${pair}` } },
        name,
      );
    assert.equal(await busy(`${one}+${other}`), `the pair MX-7 + ${other} has reserved MX-7`);
    assert.equal(await busy(`${missing}+${one}`), `the pair ${missing} + MX-7 has reserved MX-7`);
  });
});
