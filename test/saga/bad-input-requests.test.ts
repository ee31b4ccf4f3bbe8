import assert from 'node:assert/strict';
import { outcomeOfError } from '../../client/outcome.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { CREATE_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import { failedState } from '../../gateway/records.ts';
import type { Kind } from '../../gateway/kind.ts';
import { kindOf } from '../gateway/kinds.ts';
import { toHeatTemplates } from '../../templates/published.ts';
import { assertUntouched, keysOf, putRaw, removeKeys, revisionOf, tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('bad input: a request', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(async () => {
    await world.close();
  });

  /** Starts it as `temporal workflow start` would, and returns how it failed. */
  async function failureOf(workflowId: string, args: unknown[]) {
    const handle = await world.temporal.workflow.start(CREATE_GATEWAY, {
      taskQueue: TASK_QUEUE,
      workflowId,
      args,
    });
    const outcome = await handle.result().then(
      () => assert.fail('it was accepted'),
      (error: unknown) => outcomeOfError(error),
    );
    assert.ok(outcome?.kind === 'failed', JSON.stringify(outcome));
    return outcome;
  }

  async function refused(gateway: TestGateway, workflowId: string, args: unknown[], says: RegExp) {
    await world.write(gateway);
    const before = { routers: tracesOf(world.routers), revision: await revisionOf(world) };
    const outcome = await failureOf(workflowId, args);
    assert.equal(outcome.type, FAILURES.InvalidRequest);
    assert.match(outcome.message, says);
    assert.ok(outcome.message.length < 300, outcome.message);
    assert.equal(await revisionOf(world), before.revision, 'something was written');
    assert.deepEqual(await keysOf(world, gateway), {});
    assertUntouched(world.routers, before.routers);
  }

  const ids: readonly [what: string, of: (gateway: TestGateway) => string][] = [
    ['a word', () => 'create-my-gateway'],
    ['the id alone', ({ resourceId }) => resourceId],
    ['the id of another kind', ({ resourceId }) => `internet_gateway:${resourceId}`],
    ['the id of another gateway', ({ resourceType }) => `${resourceType}:another`],
    ['the id with something behind it', ({ resourceType, resourceId }) => `${resourceType}:${resourceId}:1`],
  ];
  for (const [what, of] of ids) {
    it(`whose workflow id is ${what} is refused`, async () => {
      const gateway = world.gateway('vpn_gateway');
      const { resourceType, resourceId } = gateway;
      await refused(
        gateway,
        of(gateway),
        [{ resourceType, resourceId }],
        new RegExp(`^workflow id: expected "vpn_gateway:${resourceId}", got ".+"$`),
      );
    });
  }

  const inputs: readonly [what: string, (gateway: TestGateway) => unknown, RegExp][] = [
    ['nothing', () => undefined, /^input: expected an object \{.*\}, got (nothing|null)$/],
    ['null', () => null, /^input: expected an object .*, got null$/],
    ['text', () => 'vpn_gateway', /^input: expected an object .*, got "vpn_gateway"$/],
    ['a number', () => 7, /^input: expected an object .*, got 7$/],
    ['a list', (gateway) => [gateway.resourceType], /^input: expected an object .*, got \["vpn_gateway"\]$/],
    ['empty', () => ({}), /^input\.resourceType: expected a word like "vpn_gateway".*, got nothing$/],
    [
      'without an id',
      () => ({ resourceType: 'vpn_gateway' }),
      /^input\.resourceId: expected .*, got nothing$/,
    ],
    [
      'with a type that would leave its collection',
      ({ resourceId }) => ({ resourceType: '../state', resourceId }),
      /^input\.resourceType: expected a word .*, got "\.\.\/state"$/,
    ],
    [
      'with a type that is a number',
      ({ resourceId }) => ({ resourceType: 7, resourceId }),
      /^input\.resourceType: expected a word .*, got 7$/,
    ],
    [
      'with an id that would leave its collection',
      ({ resourceType }) => ({ resourceType, resourceId: 'a/../b' }),
      /^input\.resourceId: expected letters.*, got "a\/\.\.\/b"$/,
    ],
    [
      'with an id that is far too long',
      ({ resourceType }) => ({ resourceType, resourceId: 'x'.repeat(10_000) }),
      /^input\.resourceId: expected letters.*, got "x+…$/,
    ],
    ...['1', -1, 1.5, true, {}].map((version): [string, (gateway: TestGateway) => unknown, RegExp] => [
      `with the version ${JSON.stringify(version)}`,
      ({ resourceType, resourceId }) => ({ resourceType, resourceId, version }),
      /^input\.version: expected a whole number from 0.*, got ("1"|-1|1\.5|true|\{\})$/,
    ]),
    [
      'with a version that the configuration has not reached',
      ({ resourceType, resourceId }) => ({ resourceType, resourceId, version: 7 }),
      /^version: expected 1, which \/config\/v2\.0\/vpn_gateways\/\S+ has, got 7$/,
    ],
    [
      'with a version that the configuration has left behind',
      ({ resourceType, resourceId }) => ({ resourceType, resourceId, version: 0 }),
      /^version: expected 1, which \S+ has, got 0$/,
    ],
  ];
  for (const [what, of, says] of inputs) {
    it(`that is ${what} is refused`, async () => {
      const gateway = world.gateway('vpn_gateway');
      const input = of(gateway);
      const { resourceType, resourceId } = gateway;
      await refused(gateway, `${resourceType}:${resourceId}`, input === undefined ? [] : [input], says);
    });
  }

  it('for an unknown kind is refused, and its configuration is left alone', async () => {
    const gateway = world.gateway('vpn_gateway');
    const { resourceId } = gateway;
    await putRaw(
      world,
      `/config/v2.0/toaster_gateways/${resourceId}`,
      JSON.stringify({ body: { id: resourceId }, version: 1, marked_for_deletion: false }),
    );
    await refused(
      gateway,
      `toaster_gateway:${resourceId}`,
      [{ resourceType: 'toaster_gateway', resourceId }],
      /^resourceType: expected one of .*vpn_gateway.*, got "toaster_gateway"$/,
    );
  });

  describe('for a kind that is published badly', () => {
    let vpn: ReturnType<typeof kindOf>;
    before(() => {
      vpn = kindOf('vpn_gateway');
    });

    type Bodies = Record<string, unknown>[];
    interface Publication {
      readonly kind?: (vpn: Kind) => Partial<Kind>;
      readonly bodies?: (bodies: Bodies) => void;
      readonly raw?: string;
      readonly says: RegExp;
    }

    /** The VPN's kind under another name, so that no other test plans by it. */
    async function create({ kind, bodies: spoil, raw, says }: Publication) {
      const gateway = { ...world.gateway('vpn_gateway'), resourceType: 'probe_gateway' };
      const { body } = gateway.gateway;
      body['peer_id'] = body.id;
      const probe: Kind = {
        ...vpn,
        resourceType: 'probe_gateway',
        provisioning: { ...vpn.provisioning, id: 'probe_gateway' },
        monitoring: { ...vpn.monitoring, id: 'probe_gateway_monitoring' },
      };
      const bodies: Bodies = toHeatTemplates({ ...probe, ...kind?.(probe) }).map((template) => ({
        ...template,
        published_by: 'gateway-saga',
      }));
      spoil?.(bodies);
      const keys = ['probe_gateway', 'probe_gateway_monitoring'].map(
        (id) => `/config/v2.0/heat_templates/${id}`,
      );
      await world.write(gateway);
      await putRaw(
        world,
        `/config/v2.0/probe_gateways/${body.id}`,
        JSON.stringify({ body, version: 1, marked_for_deletion: false }),
      );
      for (const [index, key] of keys.entries()) {
        const value = JSON.stringify({ body: bodies[index], version: 1, marked_for_deletion: false });
        await putRaw(world, key, index === 0 && raw !== undefined ? raw : value);
      }
      const before = { routers: tracesOf(world.routers), revision: await revisionOf(world) };
      try {
        const outcome = await (await world.client.create(gateway)).result();
        assert.equal(outcome.kind, 'failed');
        assert.match(outcome.message, says);
        assert.equal(outcome.type, FAILURES.InvalidGateway);
        assert.equal(await revisionOf(world), before.revision + 1n);
        assert.deepEqual(await keysOf(world, gateway), {
          [KEYS.state(gateway)]: failedState(1, outcome.message),
        });
        assertUntouched(world.routers, before.routers);
      } finally {
        await removeKeys(world, keys);
      }
    }

    const inFile = (from: string, to: string) => (bodies: Bodies) => {
      const file = String(bodies[0]?.['template_file']);
      assert.ok(file.includes(from), from);
      bodies[0]!['template_file'] = file.replace(from, to);
    };
    const cases: Readonly<Record<string, Publication>> = {
      'with an unknown field': {
        bodies: (bodies) => void (bodies[0]!['colour'] = 'red'),
        says: /^heat template probe_gateway: expected only the fields .*, got 'colour'$/,
      },
      'with an unknown field in its file': {
        bodies: inFile('"owns"', '"possesses"'),
        says: /^heat template probe_gateway, template_file: expected only the fields .*, got 'possesses'$/,
      },
      'with a template that is none': {
        bodies: inFile('instance-type', '{{#if vrf_name}}'),
        says: /^heat template probe_gateway, create: expected a template, got /,
      },
      'with a file that is no JSON': {
        bodies: (bodies) => void (bodies[0]!['template_file'] = 'heat_template_version: 2013'),
        says: /^heat template probe_gateway, template_file: expected JSON, got /,
      },
      'with a record that is no JSON': {
        raw: '{"body":',
        says: /^heat template probe_gateway: expected .*, got the record is not valid JSON$/,
      },
      'whose template configures what it does not own': {
        kind: ({ create }) => ({ create: `${create}\nsystem { host-name taken; }` }),
        says: /^template probe_gateway\/create: 'system host-name taken' is outside the owned stanzas$/,
      },
      'whose template removes what it does not own': {
        kind: ({ remove }) => ({ remove: `${remove}\ndelete system` }),
        says: /^template probe_gateway\/remove: 'delete' of 'system' is not the deletion of an owned stanza$/,
      },
      'that owns a whole hierarchy': {
        kind: ({ owns }) => ({ owns: [...owns, 'system'] }),
        says: /^template probe_gateway\/owns: 'system' is not one named entry or leaf$/,
      },
      'whose template uses a password': {
        bodies: inFile('description vpn_gw', 'description {{device_password}}'),
        says: /^template probe_gateway\/create: parameter device_password is a secret, or was not given$/,
      },
      'whose references go in a circle': {
        kind: ({ schema, provisioning }) => ({
          schema: {
            fields: {
              ...schema.fields,
              peer_id: { type: 'string', required: true, refersTo: 'probe_gateway' },
            },
          },
          provisioning: {
            ...provisioning,
            mappings: { ...provisioning.mappings, peer: { path: ['peer_id', 'peer_id'], field: 'name' } },
          },
        }),
        says: /^probe_gateways\/\S+: field "peer_id": expected a reference that leads on, got a circle back to probe_gateways\/\S+$/,
      },
    };
    for (const [what, publication] of Object.entries(cases)) {
      it(`${what} is refused`, () => create(publication));
    }
  });
});
