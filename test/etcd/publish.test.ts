import assert from 'node:assert/strict';
import type { PublishRequest } from '../../etcd/publish.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { BOTH, Witness, newGateway, requestFor, useEtcd } from './fixture.ts';

const WORDS = { downlink: 'ACTIVE', uplink: 'ACTIVE' };
const VRRP = { primary: 'MASTER', secondary: 'BACKUP' };

function created(gateway: GatewayVersion, run = 'run-1', retentionSeconds = 3_600): PublishRequest {
  return { gateway, run, retentionSeconds, outcome: { kind: 'created', words: WORDS, vrrp: VRRP } };
}

interface Failure {
  run?: string | null;
  error?: string;
  registered?: boolean;
  clean?: boolean;
}

function failed(
  gateway: GatewayVersion,
  { run = 'run-1', error = 'why', registered = true, clean = true }: Failure = {},
): PublishRequest {
  const outcome = { kind: 'failed', error, registered, clean } as const;
  return { gateway, run, retentionSeconds: 3_600, outcome };
}

describe('publishing', () => {
  const etcd = useEtcd();

  async function configured() {
    const gateway = newGateway();
    const witness = new Witness(etcd().raw, gateway);
    const configRevision = await witness.configure();
    return { gateway, witness, configRevision, store: etcd().store };
  }

  async function monitored() {
    const world = await configured();
    const { gateway, configRevision, store } = world;
    await store.register(requestFor(gateway, configRevision));
    await store.beginAttempt(gateway, 'run-1');
    await store.confirmAttempt(gateway, 1, BOTH);
    await store.recordStack(gateway, configRevision, 'run-1');
    await store.recordMonitoring(gateway, configRevision, 'run-1', WORDS);
    return world;
  }

  describe('a success', () => {
    it('writes /state once, without a lease, its strings byte for byte', async () => {
      const { gateway, witness, store } = await monitored();
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
      assert.deepEqual(await witness.history(witness.keys.state), [
        {
          state: {
            state_monitoring: '{"downlink": "ACTIVE", "uplink": "ACTIVE"}',
            worker_state: 'CREATE_COMPLETED',
            heat_outputs: '[]',
          },
          version: 1,
          error: '',
        },
      ]);
      assert.equal((await witness.entry(witness.keys.state))?.lease, '0');
      assert.deepEqual(await store.state(gateway), {
        version: 1,
        workerState: 'CREATE_COMPLETED',
        error: '',
      });
    });

    it('writes /monitoring when VRRP was seen on both routers, and only then', async () => {
      const seen = await monitored();
      await seen.store.publish(created(seen.gateway));
      assert.deepEqual(await seen.witness.value(seen.witness.keys.monitoring), {
        status: VRRP,
        version: 1,
      });
      const unseen = await monitored();
      const vrrp = { primary: 'MASTER', secondary: null };
      const outcome = { kind: 'created', words: WORDS, vrrp } as const;
      await unseen.store.publish({ ...created(unseen.gateway), outcome });
      assert.equal(await unseen.witness.value(unseen.witness.keys.monitoring), undefined);
    });

    it('keeps job records and job_state for the retention time, and no longer', async function () {
      this.timeout(20_000);
      const { gateway, witness, store } = await monitored();
      const before = await witness.jobs();
      await store.publish(created(gateway, 'run-1', 2));
      const keys = [witness.keys.jobState, ...before.map((id) => `/jobs/all/${id}`)];
      const entries = await Promise.all(keys.map((key) => witness.entry(key)));
      const leases = new Set(entries.map((entry) => entry?.lease));
      assert.equal(leases.size, 1);
      const [ID] = leases;
      assert.ok(ID !== undefined && ID !== '0');
      const life = await etcd().raw.leaseClient.leaseTimeToLive({ ID, keys: true });
      assert.equal(life.grantedTTL, '2');
      assert.equal(life.keys.length, 3);
      assert.deepEqual(await witness.value(witness.keys.jobState), {
        state_monitoring: WORDS,
        heat_outputs: [],
      });
      // The store stays connected all the while: did it keep the lease alive, this would never end.
      while ((await witness.entry(witness.keys.jobState)) !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      assert.deepEqual(await witness.jobs(), []);
      assert.notEqual(await witness.value(witness.keys.state), undefined);
      assert.equal((await witness.ownClaims()).length, 4);
    });

    it('keeps claims, plan record and stack for good', async () => {
      const { gateway, witness, store } = await monitored();
      await store.publish(created(gateway));
      assert.equal((await witness.ownClaims()).length, 4);
      assert.deepEqual((await store.planRecord(gateway))?.mayCarry, BOTH);
      assert.equal((await witness.entry(witness.keys.plan))?.lease, '0');
      assert.equal((await witness.entry(witness.keys.stack))?.lease, '0');
    });

    it('happens once, however often it is asked', async () => {
      const { gateway, witness, store } = await monitored();
      const outcomes = await Promise.all([store.publish(created(gateway)), store.publish(created(gateway))]);
      outcomes.push(await store.publish(created(gateway)));
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['published', 'published', 'published'],
      );
      assert.equal((await witness.history(witness.keys.state)).length, 1);
    });

    it('is none when the version moved on or the configuration vanished', async () => {
      const { gateway, witness, store } = await monitored();
      await witness.configure(2);
      const revision = await witness.revision();
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'superseded', version: 2 });
      assert.equal(await witness.revision(), revision);
      await witness.remove(witness.keys.config);
      assert.deepEqual(await store.publish(created(gateway)), {
        kind: 'superseded',
        version: null,
      });
    });

    it('is one when the same version was put again', async () => {
      const { gateway, witness, store } = await monitored();
      await witness.configure();
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    });

    it('is none for a run that lost its registration', async () => {
      const { gateway, configRevision, witness, store } = await monitored();
      await store.register(requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' }));
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'superseded', version: 1 });
      await witness.remove(witness.keys.plan);
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'superseded', version: 1 });
      assert.equal(await store.state(gateway), undefined);
    });

    it('overwrites neither another outcome of this version nor a newer one', async () => {
      const { gateway, witness, store } = await monitored();
      await store.publish(failed(gateway, { error: 'was first', clean: false }));
      assert.deepEqual(await store.publish(created(gateway)), {
        kind: 'already',
        state: { version: 1, workerState: 'CREATE_FAILED', error: 'was first' },
      });
      const newer = { state: { worker_state: 'MODIFY_COMPLETED' }, version: 2, error: '' };
      await witness.put(witness.keys.state, newer);
      assert.equal((await store.publish(created(gateway))).kind, 'already');
      assert.deepEqual(await witness.value(witness.keys.state), newer);
    });

    it('replaces the outcome of an older version', async () => {
      const { gateway, witness, store } = await monitored();
      await witness.put(witness.keys.state, { state: {}, version: 0, error: '' });
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
      assert.equal((await store.state(gateway))?.version, 1);
    });

    it('stands when a failure comes after it', async () => {
      const { gateway, store } = await monitored();
      await store.publish(created(gateway));
      const outcome = await store.publish(failed(gateway));
      assert.equal(outcome.kind === 'already' && outcome.state.workerState, 'CREATE_COMPLETED');
      assert.notEqual(await store.planRecord(gateway), undefined);
    });

    it('wins or loses as a whole against a failure at the same moment', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { gateway, witness, store } = await monitored();
        await store.markClean(gateway, 1, BOTH);
        const [success, failure] = await Promise.all([
          store.publish(created(gateway)),
          store.publish(failed(gateway)),
        ]);
        const word = (await store.state(gateway))?.workerState;
        const won = word === 'CREATE_COMPLETED';
        assert.equal(success.kind === 'published', won);
        assert.equal(failure.kind === 'published', !won);
        assert.equal((await witness.ownClaims()).length, won ? 4 : 0);
        assert.equal((await witness.history(witness.keys.state)).length, 1);
      }
    });
  });

  describe('a failure', () => {
    it('before anything was registered writes /state and nothing else', async () => {
      const { gateway, witness, store } = await configured();
      const before = Number(await witness.revision());
      const request = failed(gateway, { run: null, registered: false, error: 'bad\nVLAN' });
      assert.deepEqual(await store.publish(request), { kind: 'published' });
      assert.deepEqual(await witness.value(witness.keys.state), {
        state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' },
        version: 1,
        error: 'bad VLAN',
      });
      assert.equal(Number(await witness.revision()), before + 1);
      for (const key of ['stack', 'jobState', 'monitoring', 'plan'] as const) {
        assert.equal(await witness.value(witness.keys[key]), undefined);
      }
      assert.deepEqual(await store.publish(request), { kind: 'published' });
    });

    it('after registration gives the stack the reason and the jobs their retention', async () => {
      const { gateway, witness, store } = await monitored();
      assert.deepEqual(await store.publish(failed(gateway, { clean: false })), {
        kind: 'published',
      });
      assert.deepEqual(await witness.value(witness.keys.stack), {
        stack_id: '',
        tenant_id: 'tenant-1',
        stack_status: 'CREATE_FAILED',
        output: [],
        status_reason: 'why',
        id: `vpn_gateway:${gateway.resourceId}`,
      });
      const jobs = await witness.jobs();
      assert.equal(jobs.length, 2);
      for (const id of jobs) {
        assert.notEqual((await witness.entry(`/jobs/all/${id}`))?.lease, '0');
      }
      assert.deepEqual(await witness.value(witness.keys.jobState), {
        state_monitoring: WORDS,
        heat_outputs: [],
      });
    });

    it('with clean routers gives back claims and plan record', async () => {
      const { gateway, witness, store } = await monitored();
      await store.markClean(gateway, 1, BOTH);
      await store.publish(failed(gateway));
      assert.deepEqual(await witness.ownClaims(), []);
      assert.equal(await store.planRecord(gateway), undefined);
      assert.equal(await store.confirmAttempt(gateway, 1, BOTH), false);
    });

    it('keeps claims and plan record while a router may carry the gateway, whatever is said', async () => {
      const { gateway, witness, store } = await monitored();
      await store.markClean(gateway, 1, ['primary']);
      await store.publish(failed(gateway));
      assert.equal((await witness.ownClaims()).length, 4);
      assert.deepEqual((await store.planRecord(gateway))?.mayCarry, ['secondary']);
    });

    it('finds out by itself that it had registered', async () => {
      const { gateway, configRevision, witness, store } = await configured();
      await store.register(requestFor(gateway, configRevision));
      await store.publish(failed(gateway, { registered: false }));
      assert.deepEqual(await witness.ownClaims(), []);
      assert.equal(await store.planRecord(gateway), undefined);
      const stack = (await witness.value(witness.keys.stack)) as { stack_status: string };
      assert.equal(stack.stack_status, 'CREATE_FAILED');
    });

    it('is published at its own version after the configuration moved on', async () => {
      const { gateway, witness, store } = await monitored();
      await witness.configure(2);
      assert.deepEqual(await store.publish(failed(gateway)), { kind: 'published' });
      assert.equal((await store.state(gateway))?.version, 1);
    });

    it('does not touch the records of a run that took over', async () => {
      const { gateway, configRevision, witness, store } = await monitored();
      await store.register(requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' }));
      const revision = await witness.revision();
      assert.deepEqual(await store.publish(failed(gateway)), { kind: 'superseded', version: 1 });
      assert.equal(await witness.revision(), revision);
      // A run that never registered tells why; what the other one has on the routers stays claimed.
      const invalid = failed(gateway, { run: 'run-3', registered: false });
      assert.deepEqual(await store.publish(invalid), { kind: 'published' });
      assert.equal((await witness.ownClaims()).length, 4);
      assert.equal((await store.planRecord(gateway))?.run, 'run-2');
    });

    it('does not take away a claim that has become another’s', async () => {
      const { gateway, configRevision, witness, store } = await configured();
      await store.register(requestFor(gateway, configRevision));
      const [claim] = await witness.ownClaims();
      const other = { resourceType: 'vpn_gateway', resourceId: 'other' };
      await witness.put(`/gateway-saga/claims/${claim}`, other);
      await store.publish(failed(gateway));
      assert.deepEqual(await witness.value(`/gateway-saga/claims/${claim}`), other);
      assert.deepEqual(await witness.ownClaims(), []);
    });

    it('is one line of at most 500 characters', async () => {
      const { gateway, store } = await configured();
      const error = `first\r\n\tsecond\u2028third ${'x'.repeat(2_000)}`;
      await store.publish(failed(gateway, { error, registered: false }));
      const told = (await store.state(gateway))?.error ?? '';
      assert.match(told, /^first second third x+…$/);
      assert.equal(told.length, 500);
    });
  });
});
