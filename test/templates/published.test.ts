import assert from 'node:assert/strict';
import type { LoadedKind } from '../../gateway/kind.ts';
import { KindError } from '../../templates/errors.ts';
import { loadKinds } from '../../templates/load.ts';
import { fromHeatTemplates, toHeatTemplates } from '../../templates/published.ts';

describe('published kinds', () => {
  let kinds: ReadonlyMap<string, LoadedKind>;
  before(async () => {
    kinds = await loadKinds();
  });
  const bodies = (): Record<string, unknown>[] =>
    toHeatTemplates(kinds.get('vpn_gateway')?.kind ?? assert.fail()).map(
      (body) => JSON.parse(JSON.stringify(body)) as Record<string, unknown>,
    );

  it('are two bodies with exactly the fields of a heat template', () => {
    for (const type of ['internet_gateway', 'vpn_gateway']) {
      const { kind } = kinds.get(type) ?? assert.fail();
      const [provisioning, monitoring] = toHeatTemplates(kind);
      assert.ok(monitoring);
      for (const body of [provisioning, monitoring]) {
        assert.deepEqual(Object.keys(body), [
          'id',
          'handler',
          'watch',
          'template_file',
          'parameter_mappings',
        ]);
        assert.equal(body.watch, `/config/v2.0/${kind.resourceType}s/`);
        assert.equal(typeof body.template_file, 'string');
      }
      assert.deepEqual([provisioning.id, provisioning.handler], [kind.resourceType, 'heat_worker']);
      assert.deepEqual(
        [monitoring.id, monitoring.handler],
        [`${kind.resourceType}_monitoring`, 'monitoring_worker'],
      );
      assert.match(provisioning.template_file, /instance-type virtual-router/);
      assert.match(provisioning.template_file, /delete routing-instances/);
    }
  });

  it('are refused as kinds if they are nested deeper than any reader can follow', () => {
    const [body] = toHeatTemplates(kinds.get('vpn_interface')?.kind ?? assert.fail());
    const nested = (levels: number) => {
      const mapping = `${'{"concat":['.repeat(levels)}{"constant":"x"}${']}'.repeat(levels)}`;
      const template_file = body.template_file.replace('"mappings": {', `"mappings": {"deep":${mapping},`);
      return fromHeatTemplates([{ ...body, template_file }]);
    };
    assert.equal(nested(40).kind.resourceType, 'vpn_interface');
    for (const levels of [60, 5_000]) assert.throws(() => nested(levels), KindError);
  });

  it('come back as the same kind with the same digest, in either order', () => {
    for (const { kind, digest } of kinds.values()) {
      const published = JSON.parse(JSON.stringify(toHeatTemplates(kind))) as unknown[];
      assert.deepEqual(fromHeatTemplates(published), { kind, source: 'etcd', digest });
      assert.deepEqual(fromHeatTemplates(published.reverse()), { kind, source: 'etcd', digest });
    }
  });

  const cases: readonly [string, (bodies: Record<string, unknown>[]) => void, RegExp][] = [
    ['only one body', (b) => b.pop(), /expected two bodies, got 1/],
    [
      'an unknown field',
      (b) => (b[0]!['extra'] = 1),
      /^heat template vpn_gateway: expected only the fields id, .*, got 'extra'$/,
    ],
    [
      'a body that is no object',
      (b) => (b[1] = [] as never),
      /^heat template 2 of 2: expected an object, got a list$/,
    ],
    [
      'a template_file that is an object',
      (b) => (b[0]!['template_file'] = {}),
      /^heat template vpn_gateway, template_file: expected a string, got an object$/,
    ],
    [
      'a template_file that is no JSON',
      (b) => (b[0]!['template_file'] = 'heat_template_version: 2013'),
      /^heat template vpn_gateway, template_file: expected JSON/,
    ],
    [
      'a format of the future',
      (b) =>
        (b[0]!['template_file'] = String(b[0]!['template_file']).replace('"version": 1', '"version": 2')),
      /template_file\.version: expected the format 1, got '2'/,
    ],
    [
      'an unknown field in the template_file',
      (b) => (b[1]!['template_file'] = String(b[1]!['template_file']).replace('"monitors"', '"monitor"')),
      /vpn_gateway_monitoring, template_file: expected only the fields/,
    ],
    ['two provisioning bodies', (b) => (b[1] = b[0]!), /expected/],
    [
      'bodies of two kinds',
      (b) => (b[1]!['template_file'] = String(b[1]!['template_file']).replace('vpn_gateway', 'x')),
      /vpn_gateway_monitoring, template_file\.resourceType: expected 'vpn_gateway' as in/,
    ],
    [
      'a bad mapping',
      (b) => (b[1]!['parameter_mappings'] = { x: 1 }),
      /^heat template vpn_gateway_monitoring, parameter_mappings\.x: expected an object, got '1'$/,
    ],
    [
      'a template that is none',
      (b) =>
        (b[0]!['template_file'] = String(b[0]!['template_file']).replace('{{vrf_name}}', '{{../vrf_name}}')),
      /^heat template vpn_gateway, \w+.*: expected a template, got line/,
    ],
  ];
  for (const [what, change, pattern] of cases) {
    it(`are refused with ${what}`, () => {
      const changed = bodies();
      change(changed);
      assert.throws(
        () => fromHeatTemplates(changed),
        (error) => {
          assert.ok(error instanceof KindError, String(error));
          assert.match(error.message, pattern);
          return true;
        },
      );
    });
  }
});
