import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { failedState } from '../../gateway/records.ts';
import { assertUntouched, keysOf, revisionOf, tracesOf } from '../world/evidence.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

/** Each could end the statement that it stands in, or mean something else than a name. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a quote': 'a" b',
  'an opening brace': 'a{',
  'a closing brace': 'a}',
  'a semicolon': 'a;set',
  'a newline': 'a\nsystem',
  'a carriage return': 'a\rb',
  'a line separator': 'a\u2028b',
  'a comment': 'a/*b*/',
  'a comment to the end': 'a#b',
  'a control character': 'a\u0007b',
  'a NUL': 'a\u0000b',
  'an escape sequence': '\u001b[31ma',
  'a backslash': 'a\\',
  'a blank': 'a b',
  'a bracket': '[ a b ]',
  'a wildcard': '<*>',
  'a tag': 'delete:',
  'a keyword of every level': 'apply-groups',
  'a direction override': 'a\u202eb',
  'far too many characters': 'x'.repeat(5_000),
  'one character too many': 'x'.repeat(64),
};

/** Every field whose value is rendered, and the record that it stands in. */
const FIELDS: readonly (readonly [SampleKind, type: string, field: string])[] = [
  ['vpn_gateway', 'vpn_gateway', 'vrf_name'],
  ['vpn_gateway', 'vpn_gateway', 'primary_logical_downlink_interface_name'],
  ['vpn_gateway', 'vpn_gateway', 'primary_logical_uplink_interface_name'],
  ['vpn_gateway', 'vpn_gateway', 'secondary_logical_downlink_interface_name'],
  ['vpn_gateway', 'vpn_gateway', 'secondary_logical_uplink_interface_name'],
  ['vpn_gateway', 'er_physical_interface', 'name'],
  ['vpn_gateway', 'qos_option', 'incoming_policer_name'],
  ['vpn_gateway', 'qos_option', 'outgoing_policer_name'],
  ['vpn_gateway', 'vpn_service', 'primary_downlink_vrrp_config_group'],
  ['vpn_gateway', 'vpn_service', 'secondary_downlink_vrrp_config_group'],
  ['internet_gateway', 'internet_gateway', 'vrf_name'],
  ['internet_gateway', 'internet_gateway', 'primary_logical_interface_name'],
  ['internet_gateway', 'internet_gateway', 'secondary_logical_interface_name'],
  ['internet_gateway', 'internet_service', 'inet_in_filter'],
  ['internet_gateway', 'internet_service', 'inet_out_filter'],
  ['internet_gateway', 'internet_service', 'vrf_import_policy'],
  ['internet_gateway', 'internet_service', 'vrf_export_policy'],
  ['internet_gateway', 'internet_service', 'uplink_import_policy'],
  ['internet_gateway', 'internet_service', 'primary_vrrp_config_group'],
  ['internet_gateway', 'internet_service', 'secondary_vrrp_config_group'],
];

/** Free configuration text that is not closed in itself, or does more than add. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  'an open brace': 'routing-options {',
  'a brace too many': 'description x; }',
  'a brace that leaves the instance': '} } system { host-name taken;',
  'an open quote': 'description "x;',
  'an open comment': '/* x',
  'no end': 'description x',
  'a tag': 'delete: interface ae0.1025;',
  'a deactivation': 'inactive: description x;',
  'a control character': 'description a\u0007;',
  'too much': `description ${'x'.repeat(65_536)};`,
};

describe('bad input: a name that could break out of the configuration', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  async function refused(gateway: TestGateway, says: RegExp): Promise<void> {
    const before = tracesOf(world.routers);
    await world.write(gateway);
    const revision = await revisionOf(world);
    const outcome = await (await world.client.create(gateway)).result();
    assert.equal(outcome.kind, 'failed');
    assert.equal(outcome.type, FAILURES.InvalidGateway);
    assert.match(outcome.message, says);
    // oxlint-disable-next-line no-control-regex -- a message is shown on terminals
    assert.doesNotMatch(outcome.message, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    assert.ok(outcome.message.length < 600, outcome.message);
    assert.equal(await revisionOf(world), revision + 1n);
    assert.deepEqual(await keysOf(world, gateway), {
      [KEYS.state(gateway)]: failedState(1, outcome.message),
    });
    assertUntouched(world.routers, before);
  }

  const hostile = Object.entries(HOSTILE);
  for (const [index, [kind, type, field]] of FIELDS.entries()) {
    // Two per field, so that each is used in the fields of each kind.
    for (const [what, value] of [
      hostile[(2 * index) % hostile.length],
      hostile[(2 * index + 1) % hostile.length],
    ].map((one) => one ?? assert.fail())) {
      it(`is refused: ${what} in ${type}.${field}`, async () => {
        const gateway = world.gateway(kind);
        const { body } = type === kind ? gateway.gateway : gateway.neighbour(type);
        body[field] = value;
        await refused(gateway, new RegExp(`${type}s/\\S+: field "${field}": expected a name .*, got "`));
      });
    }
  }

  for (const [what, text] of Object.entries(CONFIGURATIONS)) {
    it(`is refused: ${what} in internet_service.vrf_config`, async () => {
      const gateway = world.gateway('internet_gateway');
      gateway.neighbour('internet_service').body['vrf_config'] = text;
      await refused(gateway, /(vrf_config"|jinja_vrf_config): expected .*, got /);
    });
  }

  it('is refused: slashes that begin a comment in gateway.vrf_name', async () => {
    const gateway = world.gateway('vpn_gateway');
    gateway.gateway.body['vrf_name'] = 'a//b';
    await refused(gateway, /field "vrf_name": expected a name .*, got "a\/\/b"$/);
  });

  it('is harmless where nothing renders it, and kept', async () => {
    const gateway = world.gateway('vpn_gateway');
    gateway.gateway.body['description'] = '"; } system { host-name taken; } /*';
    gateway.gateway.body['an_unknown_field'] = { kept: ['"}'] };
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    for (const { device } of world.routers) assert.doesNotMatch(device.running(), /taken/);
    const jobs = Object.entries(await keysOf(world, gateway)).filter(([key]) => key.startsWith('/jobs/'));
    assert.equal(jobs.length, 2);
    for (const [, job] of jobs) {
      const [, { resource_input }] = job as [string, { resource_input: unknown }];
      assert.deepEqual(resource_input, gateway.gateway.body);
    }
  });
});
