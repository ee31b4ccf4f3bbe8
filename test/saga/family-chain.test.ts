/** The recorded chains, from the records of a gateway and of all that lies in it to `/state`, and back to nothing. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ChangeOutcome } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import { dumps } from '../../gateway/json-strings.ts';
import type { GatewayRef, Role } from '../../gateway/resource.ts';
import { heldOf } from '../../junos/holds.ts';
import { parse } from '../../junos/parse.ts';
import { paths } from '../../junos/select.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { SAMPLE_PEERS } from '../../local/samples.ts';
import { familyOn, recordOf } from '../../local/test-gateway.ts';
import type { TestFamily, TestResource } from '../../local/test-gateway.ts';
import { tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

/** `state_monitoring` of each child, as recorded. `null`: it is not monitored. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>> | null>> = {
  vpn_interface: {
    primary: 'ESTABLISHED',
    primary_uplink: 'ACTIVE',
    secondary: 'ESTABLISHED',
    secondary_uplink: 'ACTIVE',
  },
  gw_interface: { primary: 'master', secondary: 'backup' },
  static_route: null,
  public_ip: null,
};

interface Job {
  readonly dependency: readonly string[];
  readonly is_first: boolean;
  readonly is_last: boolean;
  readonly params: readonly { readonly param: string }[];
}

const refOf = ({ type, body }: TestResource): GatewayRef => ({ resourceType: type, resourceId: body.id });

for (const kind of ['vpn_gateway', 'internet_gateway'] as const)
  describe(`a ${kind} with all that lies in it`, function () {
    this.timeout(90_000);
    let world: World;
    let family: TestFamily;
    let bare: readonly string[];
    before(async () => {
      world = await openWorld({ device: { peers: SAMPLE_PEERS } });
      const [primary, secondary] = world.routers;
      assert.ok(primary && secondary);
      family = familyOn(kind, { primary: primary.id, secondary: secondary.id });
      bare = texts();
    });
    after(() => world.close());

    const texts = () => world.routers.map(({ device }) => device.running());
    const write = (...resources: readonly TestResource[]) =>
      writeRecords(world.stack.etcd.endpoints, resources.map(recordOf));
    const applied = async (resources: readonly TestResource[]): Promise<ChangeOutcome[]> => {
      const runs = await Promise.all(resources.map((one) => world.client.apply(refOf(one))));
      return Promise.all(runs.map((run) => run.result()));
    };
    const child = (type: string) => family.children.find((one) => one.type === type) ?? assert.fail(type);
    const ids = async (resource: TestResource): Promise<readonly string[]> => {
      const record = await world.store.planRecord(refOf(resource));
      return record?.jobs ?? assert.fail(resource.type);
    };
    const job = async (id: string): Promise<Job> =>
      ((await world.history(KEYS.job(id))).at(-1) as [string, Job, 0])[1];

    it('is created at once, in whatever order it is asked for, and says what was recorded', async () => {
      await write(...family.neighbours, family.gateway);
      assert.deepEqual(
        (await applied([family.gateway])).map((one) => one.kind),
        ['created'],
      );
      const { connected } = family;
      if (connected) {
        family.gateway.body[connected.field] = connected.id;
        family.gateway.version = 2;
      }
      await write(family.gateway, ...family.children);
      const wanted = [...family.children].reverse();
      const outcomes = await applied(connected ? [...wanted, family.gateway] : wanted);
      assert.deepEqual(
        outcomes.map((one) => (one.kind === 'failed' ? one.message : one.kind)),
        [...wanted.map(() => 'created'), ...(connected ? ['unchanged'] : [])],
      );
      for (const one of family.children) {
        const words = WORDS[one.type] ?? null;
        assert.deepEqual(await world.history(KEYS.state(refOf(one))), [
          {
            state: {
              ...(words && { state_monitoring: dumps(words) }),
              worker_state: 'CREATE_COMPLETED',
              heat_outputs: dumps([]),
            },
            version: 1,
            error: '',
          },
        ]);
      }
    });

    it('has the recorded texts on both routers, in three commits', async () => {
      for (const one of family.children)
        for (const [index, role] of (['primary', 'secondary'] satisfies Role[]).entries()) {
          const name = `${one.type}-of-${kind}.${role}.conf`;
          const file = new URL(`../templates/goldens/family/${name}`, import.meta.url);
          const text = parse((await readFile(file, 'utf8')).replaceAll('<own-secret:74657374>', 'test'));
          const owns = paths(text);
          const { kind: held } = heldOf(parse(texts()[index] ?? '', { by: 'router' }), {
            text,
            without: [],
            owns,
          });
          assert.equal(held, 'whole', name);
        }
      // One of the entries is the text that the router began with.
      for (const { commits } of tracesOf(world.routers)) assert.equal(commits.length - 1, 3);
    });

    it('has the recorded jobs: two in a chain, or one that is first and last', async () => {
      const [first = '', second = '', ...none] = await ids(child('gw_interface'));
      assert.deepEqual(none, []);
      assert.ok((await job(second)).dependency.includes(first));
      assert.deepEqual([(await job(first)).is_first, (await job(second)).is_last], [true, true]);
      const route = await ids(child('static_route'));
      assert.equal(route.length, 1);
      const { is_first: isFirst, is_last: isLast } = await job(route[0] ?? '');
      assert.deepEqual([isFirst, isLast], [true, true]);
    });

    it('keeps no key of what lies in it but in the record of secrets and in the jobs', async () => {
      if (kind !== 'vpn_gateway') return;
      const plan = await world.store.planRecord(refOf(child('vpn_interface')));
      assert.doesNotMatch(JSON.stringify(plan), /"test"| test;/);
      assert.match(JSON.stringify(plan), /authentication-key \\?"?<secret:/);
    });

    it('is not deleted under what lies in it, and names that', async () => {
      const before = texts();
      family.gateway.version += 1;
      family.gateway.markedForDeletion = true;
      await write(family.gateway);
      const [outcome] = await applied([family.gateway]);
      assert.ok(outcome?.kind === 'failed');
      assert.equal(outcome.type, 'HasChildren');
      for (const { type } of family.children) assert.match(outcome.message, new RegExp(type));
      assert.deepEqual(texts(), before);
    });

    it('goes when everything is marked at once, in the wrong order, and leaves the routers as they were', async () => {
      const all = [family.gateway, ...family.children];
      for (const one of all) {
        one.version += 1;
        one.markedForDeletion = true;
      }
      await write(...all);
      const outcomes = await applied(all);
      assert.deepEqual(
        outcomes.map((one) => (one.kind === 'failed' ? one.message : one.kind)),
        all.map(() => 'deleted'),
      );
      assert.deepEqual(texts(), bare);
      for (const one of all) {
        const [state] = (await world.history(KEYS.state(refOf(one)))).slice(-1) as [
          { readonly state: { readonly worker_state: string } },
        ];
        assert.equal(state.state.worker_state, 'DELETE_COMPLETED');
        assert.equal(await world.store.planRecord(refOf(one)), undefined);
      }
      assert.deepEqual(await world.etcd.readPrefix('test', '/gateway-saga/waiting/'), []);
    });
  });
