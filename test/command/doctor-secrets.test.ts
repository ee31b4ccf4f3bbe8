import assert from 'node:assert/strict';
import { lostSecretsOf } from '../../command/doctor-secrets.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { OwedChange } from '../../pair/router-record.ts';
import { newGateway, useEtcd } from '../etcd/fixture.ts';

const [ONE, TWO] = ['1', '2'].map((digit) => `<secret:authentication-key:${digit.repeat(16)}>`) as [
  string,
  string,
];

const configuration = (text: string) => ({ create: text, arrange: [], remove: [], owns: [], monitors: [] });
const planOf = (gateway: GatewayRef, text: string) =>
  ({ gateway, routers: { primary: { before: null, after: configuration(text) } } }) as unknown as PlanRecord;
const owedOf = (gateway: GatewayRef, text: string) =>
  ({ gateway, change: { before: configuration(text), after: null } }) as unknown as OwedChange;

describe('the secrets that doctor finds lost', () => {
  const etcd = useEtcd();
  const put = (gateway: GatewayRef, value: string) =>
    etcd().raw.put(KEYS.secrets(gateway)).value(value).exec();
  const record = (...placeholders: string[]) =>
    JSON.stringify({ key: 'a2V5', values: Object.fromEntries(placeholders.map((one) => [one, 'Sesame7'])) });

  for (const [what, value, why] of [
    ['the record is gone', undefined, `has no ${ONE}, ${TWO}`],
    ['the record lacks one', record(ONE), `has no ${TWO}`],
    ["the record can't be read", '{"key":', "can't be read"],
  ] as const)
    it(`are those of a plan record where ${what}`, async () => {
      const gateway = newGateway();
      if (value !== undefined) await put(gateway, value);
      const [lost, ...more] = await lostSecretsOf(
        etcd().store,
        [planOf(gateway, `a ${ONE};\nb ${TWO};`)],
        [],
      );
      assert.deepEqual([lost?.gateway, more], [gateway, []]);
      const said = lost?.why ?? '';
      assert.ok(said.includes(KEYS.secrets(gateway)) && said.includes(why), said);
      assert.doesNotMatch(said, /Sesame7/);
    });

  it('are those of an owed change as well, though the plan record has none', async () => {
    const gateway = newGateway();
    const plan = planOf(gateway, 'a b;');
    const owed = owedOf(gateway, `a ${ONE};`);
    assert.deepEqual(await lostSecretsOf(etcd().store, [plan], [owed, owed]), [
      { gateway, why: `${KEYS.secrets(gateway)} has no ${ONE}` },
    ]);
    await put(gateway, record(ONE));
    assert.deepEqual(await lostSecretsOf(etcd().store, [plan], [owed]), []);
  });

  it('are told for each gateway alone', async () => {
    const [whole, lacking] = [newGateway(), newGateway()];
    await put(whole, record(ONE));
    await put(lacking, record(ONE));
    const plans = [planOf(whole, ONE), planOf(lacking, `${ONE} ${TWO}`), planOf(newGateway(), 'a;')];
    const lost = await lostSecretsOf(etcd().store, plans, []);
    assert.deepEqual(
      lost.map(({ gateway }) => gateway),
      [lacking],
    );
  });
});
