/** Requests and answers that get lost on the way: what is said afterwards is the truth, and nothing happens twice. */
import assert from 'node:assert/strict';
import { StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { keep } from './publication.ts';
import { BOTH, Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { Proxy } from '../world/proxy.ts';
import type { Cut } from '../world/proxy.ts';

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
  readonly ask: (store: Store, scene: Scene) => Promise<unknown>;
  readonly expected: unknown;
  /** What must have been written, each value once. */
  readonly key: (keys: Witness['keys']) => string;
  readonly written: (value: unknown) => boolean;
}

const register = (store: Store, { gateway, configRevision }: Scene) =>
  store.register(requestFor(gateway, configRevision));
const stack = (store: Store, { gateway }: Scene) => store.recordStack(gateway, 'run-1');
const begin = (store: Store, { gateway }: Scene) => store.beginAttempt(gateway, 'run-1');
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
    ask: register,
    expected: { kind: 'registered' },
    key: (keys) => keys.plan,
    written: has('"run-1"'),
  },
  {
    name: 'confirmAttempt',
    marker: '"mayCarry":["primary"]',
    before: inOrder(register, begin),
    ask: (store, { gateway }) => store.confirmAttempt(gateway, 1, ['primary']),
    expected: true,
    key: (keys) => keys.plan,
    written: has('"mayCarry":["primary"]'),
  },
  {
    name: 'markClean',
    marker: '"mayCarry":["secondary"]',
    before: inOrder(register, begin, (store, { gateway }) => store.confirmAttempt(gateway, 1, BOTH)),
    ask: (store, { gateway }) => store.markClean(gateway, 1, ['primary']),
    expected: true,
    key: (keys) => keys.plan,
    written: has('"mayCarry":["secondary"]'),
  },
  {
    name: 'recordStack',
    marker: 'CREATE_COMPLETE',
    before: register,
    ask: stack,
    expected: { kind: 'recorded' },
    key: (keys) => keys.jobState,
    written: has('heat_outputs'),
  },
  {
    name: 'recordMonitoring',
    marker: 'state_monitoring',
    before: inOrder(register, stack),
    ask: (store, { gateway }) => store.recordMonitoring(gateway, 'run-1', WORDS),
    expected: { kind: 'recorded' },
    key: (keys) => keys.jobState,
    written: has('state_monitoring'),
  },
  {
    name: 'publish of a success',
    marker: 'CREATE_COMPLETED',
    before: inOrder(register, stack, (store, { gateway }) => keep({ store }, gateway)),
    ask: (store, { gateway }) =>
      store.publish({
        gateway,
        run: 'run-1',
        retentionSeconds: 3_600,
        outcome: { kind: 'created', words: WORDS, vrrp: { primary: null, secondary: null } },
      }),
    expected: { kind: 'published' },
    key: (keys) => keys.state,
    written: has('CREATE_COMPLETED'),
  },
  {
    name: 'publish of a failure',
    marker: 'CREATE_FAILED',
    before: register,
    ask: (store, { gateway }) =>
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

  /** Asks with the connection cut around the write; the write must be there once. */
  async function assertOnce(operation: Operation, scene: Scene, cut: Cut): Promise<void> {
    proxy.arm(operation.marker, cut);
    assert.deepEqual(await operation.ask(store, scene), operation.expected);
    assert.equal(proxy.cuts, 1);
    const { witness } = scene;
    const history = await witness.history(operation.key(witness.keys));
    assert.equal(history.filter(operation.written).length, 1);
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
        await assertOnce(operation, scene, { kind: 'reply', applied });
      });

      it('writes anew when the request was lost', async () => {
        await assertOnce(operation, await sceneFor(operation), { kind: 'request' });
      });

      it('changes nothing when the lost request arrives after all', async () => {
        const scene = await sceneFor(operation);
        await assertOnce(operation, scene, { kind: 'held' });
        const revision = await scene.witness.revision();
        proxy.release();
        // The late request is on another connection: give the server its chance before looking.
        for (let look = 0; look < 20; look += 1) await etcd().store.ping();
        assert.equal(await scene.witness.revision(), revision);
      });
    });
  }

  it('beginAttempt takes a number that nobody else has', async () => {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const scene = { gateway, witness, configRevision: await witness.configure() };
    await register(store, scene);
    const before = await witness.revision();
    const applied = async () => {
      while ((await witness.revision()) === before) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    proxy.arm('"attempt":1', { kind: 'reply', applied });
    const begun = await store.beginAttempt(gateway, 'run-1');
    assert.equal(begun.kind === 'begun' && begun.record.attempt, 2);
    assert.equal(await store.confirmAttempt(gateway, 1, BOTH), false);
    assert.equal(await store.confirmAttempt(gateway, 2, BOTH), true);
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
