import assert from 'node:assert/strict';
import fc from 'fast-check';
import { schemasOf } from '../../gateway/kind.ts';
import type { Kinds, RouterConfiguration } from '../../gateway/kind.ts';
import { kindOf } from '../gateway/kinds.ts';
import { resolve } from '../../gateway/resolve.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { Lookup, ResourceRecord, ResourceRef, Role } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { at, paths, within } from '../../junos/select.ts';
import { ParameterError, TemplateError } from '../../templates/errors.ts';
import { loadKinds } from '../../templates/load.ts';
import { render } from '../../templates/render.ts';
import { client, CHECK, COMMIT, LOCK, router, texts, UNLOCK } from '../simulator/device/scene.ts';
import type { Client } from '../simulator/device/scene.ts';
import { gatewayOn } from '../../local/test-gateway.ts';
import type { SampleKind, TestGateway, TestResource } from '../../local/test-gateway.ts';

/** Pieces of the grammar, words that mean something somewhere in it, and names that are there already. */
const pieces =
  '{ } ; " \' \\ [ ] /* */ # // \n \t \u0000 \u2028 \u202e < > & <*> a A-1 0 .. : delete: replace: inactive: protect: system groups apply-groups unit term then accept before all-accept interface ae0 ae0.1025 ge-0/0/1 4000 inet family vrf_management INET_IN INET_OUT INSTANCE-MASTER_IN {{vrf_name}} &lt; ]]>'.split(
    ' ',
  );
const piece = fc.constantFrom(' ', ...pieces);
const hostile = fc.oneof(
  { weight: 3, arbitrary: piece },
  { weight: 2, arbitrary: fc.tuple(piece, piece).map((two) => two.join('')) },
  { weight: 1, arbitrary: fc.array(piece, { maxLength: 12 }).map((all) => all.join(' ')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x'.repeat(63), 'x'.repeat(64), '__proto__', 'constructor', '4094', '1'),
  },
);
/** Free text has to be well-formed to get far: some of it is. */
const statement = fc.constantFrom(
  'description x;',
  'routing-options { router-id 192.0.2.1; }',
  'routing-options { instance-import INSTANCE-MANAGEMENT; }',
  'interface ae0.1030;',
  'apply-groups VPNGW1-VRRP;',
  'delete: interface ae0.1025;',
  'inactive: description x;',
  '} } system { host-name taken; } routing-instances { x {',
  '/* note */ description "a } b";',
);
const configuration = fc.oneof(
  fc.array(statement, { maxLength: 3 }).map((all) => all.join('\n')),
  hostile,
);

interface Change {
  readonly field: number;
  readonly value: string;
}

describe('hostile values in the records of a gateway', function () {
  this.timeout(60_000);
  let kinds: Kinds;
  before(async () => {
    kinds = await loadKinds();
  });

  /** Every field that holds text, but for ids and references: with those other records would be read. */
  function fieldsOf({ gateway, neighbours }: TestGateway): (readonly [TestResource, string])[] {
    return [gateway, ...neighbours].flatMap((resource) =>
      Object.entries(resource.body)
        .filter(
          ([name, value]) => typeof value === 'string' && !/(^|_)id$/.test(name.replace('vlan_id', 'vlan')),
        )
        .map(([name]) => [resource, name] as const),
    );
  }

  /** What a router would be sent; `undefined` when the values are refused, with an error about them. */
  async function planned(gateway: TestGateway, role: Role): Promise<RouterConfiguration | undefined> {
    const kind = kindOf(gateway.resourceType, kinds);
    const record = ({ type, body }: TestResource): ResourceRecord => ({
      ref: { type, id: body.id },
      body,
      version: 1,
      markedForDeletion: false,
      modRevision: '1',
    });
    const read = (ref: ResourceRef): Promise<Lookup> => {
      const found = gateway.neighbours.find(({ type, body }) => type === ref.type && body.id === ref.id);
      return Promise.resolve(found === undefined ? { kind: 'missing' } : record(found));
    };
    const resolved = await resolve(kind, record(gateway.gateway), read, schemasOf(kinds));
    if (resolved.kind === 'invalid') return undefined;
    try {
      return render(kind, role, [...resolved.provisioning, ...resolved.monitoring]);
    } catch (error) {
      assert.ok(error instanceof ParameterError || error instanceof TemplateError, String(error));
      return undefined;
    }
  }

  /** Leaves of a configuration in their order, but for what is owned. */
  const others = (text: string, { owns }: RouterConfiguration) =>
    paths(parse(text))
      .filter((path) => !owns.some((owned) => within(path, owned)))
      .map((path) => JSON.stringify(path));

  const hasErrors = (body: string) => texts(body, 'error-severity').includes('error');

  /** Loads and commits as `apply` does. A router that refuses stays as it was. */
  async function land(operator: Client, rendered: RouterConfiguration): Promise<'committed' | 'refused'> {
    await operator.ok(LOCK);
    const loads = [
      await operator.load(rendered.create),
      ...(rendered.arrange.length === 0 ? [] : [await operator.set(...rendered.arrange)]),
    ];
    const good = !loads.some(hasErrors) && !hasErrors(await operator.ask(CHECK));
    if (good) await operator.ok(COMMIT);
    else await operator.ok('<discard-changes/>');
    await operator.ok(UNLOCK);
    return good ? 'committed' : 'refused';
  }

  for (const kind of ['vpn_gateway', 'internet_gateway'] as const satisfies readonly SampleKind[]) {
    it(`of the kind ${kind} change a router in owned places only, and are taken back`, async () => {
      const { device } = router();
      const fresh = device.snapshot();
      const before = device.running();
      const ours = new Set(paths(parse(before)).map((path) => JSON.stringify(path)));
      const seen = { invalid: 0, refused: 0, committed: 0 };
      const sample = gatewayOn(kind, { primary: 'one', secondary: 'two' });
      const count = fieldsOf(sample).length;
      const change: fc.Arbitrary<Change> = fc.nat(count - 1).chain((field) => {
        const isText = fieldsOf(sample)[field]?.[1] === 'vrf_config';
        return (isText ? configuration : hostile).map((value) => ({ field, value }));
      });
      const trial = async (role: Role, changes: readonly Change[]) => {
        const gateway = gatewayOn(kind, { primary: 'one', secondary: 'two' });
        const fields = fieldsOf(gateway);
        for (const { field, value } of changes) {
          const [resource, name] = fields[field] ?? assert.fail();
          resource.body[name] = value;
        }
        const rendered = await planned(gateway, role);
        if (rendered === undefined) {
          seen.invalid += 1;
          return;
        }
        // What stands there already is never touched: `apply` looks before it loads.
        if (rendered.owns.some((owned) => at(parse(before), owned) !== undefined)) {
          seen.refused += 1;
          return;
        }
        device.restore(fresh);
        const operator = client(device);
        const landed = await land(operator, rendered);
        seen[landed] += 1;
        if (landed === 'refused') {
          assert.equal(device.running(), before);
          return;
        }
        assert.deepEqual(others(device.running(), rendered), others(before, rendered));
        assert.notEqual(device.running(), before);
        await operator.set(...rendered.remove);
        await operator.ok(COMMIT);
        const left = paths(parse(device.running())).filter((path) => !ours.has(JSON.stringify(path)));
        // A router retains a named block when its last statement is removed, if the owned stanza was added inside that block.
        for (const path of left)
          assert.ok(
            rendered.owns.some((owned) => owned.length > path.length && within(owned, path)),
            path.join(' '),
          );
        if (left.length === 0) assert.equal(device.running(), before);
      };
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...ROLES), fc.array(change, { minLength: 1, maxLength: 3 }), trial),
        { numRuns: 500 },
      );
      for (const [what, times] of Object.entries(seen))
        assert.ok(times > 2, `only ${times} of 500 were ${what}: the property hardly looks`);
    });
  }
});
