/** Two texts of a gateway at random, and statements of others inside the stanzas of both. */
import fc from 'fast-check';
import { buildModel, emptyModel, ensureChild, nodeAt, type Node } from '../../junos/model.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { nest } from './nest.ts';

export interface SharedStanzas {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
  readonly foreign: readonly Statement[];
  readonly owns: readonly Path[];
}

/** What keeps the containers around the stanzas. */
const around = [
  'interfaces ae0 vlan-tagging',
  'policy-options policy-statement P term last then accept',
  'firewall family inet filter F term all-accept then accept',
].flatMap((line) => nest(line.split(' ')));

const name = fc.constantFrom('a', 'b', 'c d', '5');
const words = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string[]> =>
  fc
    .tuple(
      ...parts.map((part) =>
        typeof part === 'string' ? fc.constant(part.split(' ')) : part.map((one) => [one]),
      ),
    )
    .map((all) => all.flat());
const oneOf = (...texts: string[]): fc.Arbitrary<string[]> =>
  fc.constantFrom(...texts).map((text) => text.split(' '));

/** A stanza, and what may be in it. `[]`: the entry alone. */
const stanzas: readonly (readonly [owner: string, content: fc.Arbitrary<string[]>])[] = [
  ...['5', '6'].map((unit): [string, fc.Arbitrary<string[]>] => [
    `interfaces ae0 unit ${unit}`,
    fc.oneof(
      words('description', name),
      words('apply-groups', name),
      words('family inet filter input', name),
      words('family inet address', name),
      words('family inet address', name, 'vrrp-group', name, 'virtual-address', name),
      words('family inet address 192.0.2.1/24 vrrp-group 1 authentication-key', fc.constant('secret')),
      oneOf('disable', 'vlan-id 5', 'family inet', 'family inet6'),
    ),
  ]),
  [
    'routing-instances R',
    fc.oneof(
      oneOf('instance-type virtual-router', 'no-vrf-advertise', 'protocols bgp group g neighbor 192.0.2.2'),
      words('interface', name),
      words('routing-options instance-import', name),
      words('routing-options static route', name, 'next-hop', name),
      words('protocols bgp group', name, 'neighbor', name, 'peer-as', name),
      words('protocols bgp group', name, 'export', name),
      words('protocols bgp group g neighbor 192.0.2.2 authentication-key', fc.constant('secret')),
    ),
  ],
  ['policy-options prefix-list L', fc.array(name, { maxLength: 1 })],
  [
    'policy-options policy-statement Q',
    fc.oneof(
      words('term', name, 'from neighbor', name),
      words('term', name, 'then accept'),
      words('term', name),
    ),
  ],
  [
    'policy-options policy-statement P term t',
    oneOf('from instance R', 'from family inet', 'from family inet6', 'then accept'),
  ],
  [
    'firewall family inet filter F term t',
    fc.oneof(words('from source-prefix-list', name), words('then count', name), oneOf('then accept')),
  ],
];

const statement = fc.oneof(
  ...stanzas.map(([owner, content]) => content.map((inside) => [...owner.split(' '), ...inside])),
);
const statements = fc.array(statement, { maxLength: 14 });

export const sharedStanzas: fc.Arbitrary<SharedStanzas> = fc
  .record({ before: statements, after: statements, shared: statements, others: statements })
  .map(({ before, after, shared, others }) => {
    const texts = [
      [...shared, ...before],
      [...shared, ...after],
    ].map((all) => all.flatMap(nest));
    const models = texts.map(buildModel);
    const own = others.map(withOwnTerm).filter((path) => !models.some((model) => meets(model, path)));
    return {
      before: texts[0] ?? [],
      after: texts[1] ?? [],
      foreign: [...around, ...own.flatMap(nest)],
      owns: stanzas.map(([owner]) => owner.split(' ')),
    };
  });

/** Others have their own terms in a policy of the gateway: a term of both would have two places. */
const withOwnTerm = (path: string[]): string[] =>
  path[2] === 'Q' ? path.with(4, `other ${path[4] ?? ''}`) : path;

/** Whether a statement of others would be one of the text, too, or give one of its leaves another value. */
function meets(model: Node, path: Path): boolean {
  if (nodeAt(model, path) !== undefined) return true;
  let at = emptyModel();
  return path.some((word, index) => {
    at = ensureChild(at, word);
    return at.role === 'leaf' && nodeAt(model, path.slice(0, index + 1)) !== undefined;
  });
}
