/** Requests and answers that get lost on the way: what is said afterwards is the truth, and nothing happens twice. */
import assert from 'node:assert/strict';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { TemplateRecord } from '../../etcd/templates.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { keep } from './publication.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { Proxy } from '../../local/proxy.ts';
import type { Cut } from '../../local/proxy.ts';

const WORDS = { downlink: 'ACTIVE' };

interface Scene {
  readonly gateway: GatewayVersion;
  readonly configRevision: string;
  readonly witness: Witness;
}

interface Operation {
  readonly name: string;
  /** Text that only this operation's write carries. */
  readonly marker: string;
  readonly before: (store: Store, scene: Scene) => Promise<unknown>;
  readonly call: (store: Store, scene: Scene) => Promise<unknown>;
  readonly expected: unknown;
  /** What must have been written, each value as often as `writes` says. */
  readonly key: (keys: Witness['keys']) => string;
  readonly written: (value: unknown) => boolean;
  /** How many writes there are in all when the first one’s answer is lost. */
  readonly writes?: number;
}

const register = (store: Store, { gateway, configRevision }: Scene) =>
  store.register(requestFor(gateway, configRevision));
const stack = (store: Store, { gateway }: Scene) => store.recordStack(gateway, 'run-1');
const permit = (store: Store, { gateway }: Scene) => store.permitApply(gateway, 'run-1', 1_000);
const inOrder =
  (...steps: ((store: Store, scene: Scene) => Promise<unknown>)[]) =>
  async (store: Store, scene: Scene) => {
    for (const step of steps) await step(store, scene);
  };
const has = (text: string) => (value: unknown) => JSON.stringify(value).includes(text);

const OPERATIONS: readonly Operation[] = [
  {
    name: 'register',
    marker: '"is_first"',
    before: async () => undefined,
    call: register,
    expected: { kind: 'registered' },
    key: (keys) => keys.plan,
    written: has('"run-1"'),
  },
  {
    name: 'permitApply',
    marker: '"mayBeApplied":true',
    before: register,
    call: permit,
    expected: { kind: 'permitted' },
    key: (keys) => keys.plan,
    written: has('"mayBeApplied":true'),
    writes: 2,
  },
  {
    name: 'voidEarlierCalls',
    marker: '"scheduled":2000',
    before: inOrder(register, permit),
    call: async (store, { gateway }) => (await store.voidEarlierCalls(gateway, 'run-1', 2_000))?.mayBeApplied,
    expected: true,
    key: (keys) => keys.plan,
    written: has('"scheduled":2000'),
    writes: 2,
  },
  {
    name: 'markReverted',
    marker: '"mayBeApplied":false,"scheduled":2000',
    before: inOrder(register, permit),
    call: async (store, { gateway }) => (await store.markReverted(gateway, 'run-1', 2_000))?.mayBeApplied,
    expected: false,
    key: (keys) => keys.plan,
    written: has('"scheduled":2000'),
    writes: 2,
  },
  {
    name: 'recordStack',
    marker: 'CREATE_COMPLETE',
    before: register,
    call: stack,
    expected: { kind: 'recorded' },
    key: (keys) => keys.jobState,
    written: has('heat_outputs'),
  },
  {
    name: 'recordMonitoring',
    marker: 'state_monitoring',
    before: inOrder(register, stack),
    call: (store, { gateway }) => store.recordMonitoring(gateway, 'run-1', WORDS),
    expected: { kind: 'recorded' },
    key: (keys) => keys.jobState,
    written: has('state_monitoring'),
  },
  {
    name: 'publish of a success',
    marker: 'CREATE_COMPLETED',
    before: inOrder(register, stack, (store, { gateway }) => keep({ store }, gateway)),
    call: (store, { gateway }) =>
      store.publish({
        gateway,
        run: 'run-1',
        retentionSeconds: 3_600,
        outcome: { kind: 'completed', words: WORDS },
      }),
    expected: { kind: 'published' },
    key: (keys) => keys.state,
    written: has('CREATE_COMPLETED'),
  },
  {
    name: 'publish of a failure',
    marker: 'CREATE_FAILED',
    before: register,
    call: (store, { gateway }) =>
      store.publish({
        gateway,
        run: 'run-1',
        retentionSeconds: 3_600,
        outcome: { kind: 'failed', error: 'why', registered: true, clean: true },
      }),
    expected: { kind: 'published' },
    key: (keys) => keys.state,
    written: has('CREATE_FAILED'),
  },
  {
    name: 'putConfig',
    marker: 'put with a lost answer',
    before: async () => undefined,
    call: async (store, { gateway: { resourceType: type, resourceId: id } }) => {
      const body = { id, description: 'put with a lost answer' };
      const { kind, version } = await store.putConfig({ type, id }, { version: 7, body });
      return { kind, version };
    },
    expected: { kind: 'written', version: 7 },
    key: (keys) => keys.config,
    written: has('put with a lost answer'),
  },
  {
    name: 'publishTemplates',
    marker: 'published with a lost answer',
    before: (store, { gateway }) => store.publishTemplates([{ id: `lost_${gateway.resourceId}` }]),
    call: async (store, { gateway }) => {
      const [id, text] = [`lost_${gateway.resourceId}`, 'published with a lost answer'];
      const outcomes = await store.publishTemplates([
        { id },
        { id: `${id}_monitoring`, text } as TemplateRecord,
      ]);
      return outcomes.map((outcome) => ('version' in outcome ? [outcome.kind, outcome.version] : outcome));
    },
    expected: [
      ['unchanged', 1],
      ['written', 1],
    ],
    key: (keys) => `/config/v2.0/heat_templates/lost_${keys.config.split('/').at(-1)}_monitoring`,
    written: has('published with a lost answer'),
  },
];

describe('when the connection to etcd is cut', () => {
  const etcd = useEtcd();
  let proxy: Proxy;
  let store: Store;

  beforeEach(async () => {
    proxy = await Proxy.open(etcd().endpoint);
    store = openStore({ endpoints: [proxy.endpoint], deadlineMs: 3_000 });
  });
  afterEach(async () => {
    store.close();
    await proxy.close();
  });

  async function sceneFor(operation: Operation): Promise<Scene> {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const scene = { gateway, witness, configRevision: await witness.configure() };
    await operation.before(store, scene);
    return scene;
  }

  /** Calls the operation, and cuts the connection at its write. Asserts that in the end the write was made `writes` times. */
  async function assertWritten(operation: Operation, scene: Scene, cut: Cut, writes = 1): Promise<void> {
    proxy.arm(operation.marker, cut);
    assert.deepEqual(await operation.call(store, scene), operation.expected);
    assert.equal(proxy.cuts, 1);
    const { witness } = scene;
    const history = await witness.history(operation.key(witness.keys));
    assert.equal(history.filter(operation.written).length, writes);
  }

  for (const operation of OPERATIONS) {
    describe(operation.name, () => {
      it('finds out that its write was applied though the answer was lost', async () => {
        const scene = await sceneFor(operation);
        const before = await scene.witness.revision();
        const applied = async () => {
          while ((await scene.witness.revision()) === before) {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
        await assertWritten(operation, scene, { kind: 'reply', applied }, operation.writes);
      });

      it('writes anew when the request was lost', async () => {
        await assertWritten(operation, await sceneFor(operation), { kind: 'request' });
      });

      it('changes nothing when the lost request arrives after all', async () => {
        const scene = await sceneFor(operation);
        await assertWritten(operation, scene, { kind: 'held' });
        const revision = await scene.witness.revision();
        proxy.release();
        // The late request is on another connection: these calls give etcd time to carry it out before the look.
        for (let look = 0; look < 20; look += 1) await etcd().store.ping();
        assert.equal(await scene.witness.revision(), revision);
      });
    });
  }

  it('permitApply is void when its request is lost and a later call is heard meanwhile', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const scene = { gateway, witness, configRevision: await witness.configure() };
    await register(store, scene);
    const meanwhile = () => etcd().store.voidEarlierCalls(gateway, 'run-1', 2_000);
    proxy.arm('"mayBeApplied":true', { kind: 'request', meanwhile });
    assert.deepEqual(await permit(store, scene), { kind: 'void' });
    assert.equal((await etcd().store.planRecord(gateway))?.mayBeApplied, false);
  });

  it('permitApply that was given up comes to nothing after a later call', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const scene = { gateway, witness, configRevision: await witness.configure() };
    await register(store, scene);
    proxy.arm('"mayBeApplied":true', { kind: 'held' });
    proxy.closed = true;
    await assert.rejects(permit(store, scene), StoreUnavailableError);
    assert.equal(proxy.cuts, 1);
    await etcd().store.voidEarlierCalls(gateway, 'run-1', 2_000);
    const revision = await witness.revision();
    proxy.release();
    for (let look = 0; look < 20; look += 1) await etcd().store.ping();
    assert.equal(await witness.revision(), revision);
    assert.equal((await etcd().store.planRecord(gateway))?.mayBeApplied, false);
  });

  it('register is superseded when its request is lost and the version moves on meanwhile', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const configRevision = await witness.configure();
    proxy.arm('"is_first"', { kind: 'request', meanwhile: () => witness.configure(2) });
    assert.deepEqual(await store.register(requestFor(gateway, configRevision)), {
      kind: 'superseded',
      version: 2,
    });
    assert.deepEqual(await witness.ownClaims(), []);
  });

  it('register may still happen after it was given up, and is then found', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const scene = { gateway, witness, configRevision: await witness.configure() };
    proxy.arm('"is_first"', {
      kind: 'held',
    });
    await store.ping();
    proxy.closed = true;
    await assert.rejects(register(store, scene), StoreUnavailableError);
    assert.deepEqual(await witness.jobs(), []);
    proxy.release();
    while ((await witness.value(witness.keys.plan)) === undefined) await etcd().store.ping();
    proxy.closed = false;
    const again = openStore({ endpoints: [proxy.endpoint] });
    assert.deepEqual(await register(again, scene), { kind: 'registered' });
    assert.deepEqual(await witness.history(witness.keys.jobState), [{}]);
    again.close();
  });
});
