/** A kind whose parts a test replaces, and the values of its parameters. */
import type { Kind, Mapping, Parameter } from '../../gateway/kind.ts';
import { render } from '../../templates/render.ts';
import { parameters } from '../../local/sample-parameters.ts';

export type Values = Readonly<Record<string, Parameter['value']>>;

export const VALUES: Values = {
  vrf: 'R',
  mode: 'guarantee',
  number: 7,
  none: null,
  list: ['10.0.0.0/24', '10.1.0.0/24'],
  numbers: [41, 42],
  primary_ip: '192.168.8.2/30',
  secondary_ip: '192.168.9.2/30',
  bare: '192.0.2.1',
  v6: '2001:db8::1/64',
};
export const SECRET = 'canary-7f';
export const own: Parameter = { name: 'key', value: SECRET, resources: [], secret: true, own: true };
const theirs: Parameter = { name: 'password', value: 'canary-password', resources: [], secret: true };

/** It may be a list, and may be one value. */
const ANYTHING: Mapping = {
  if: { field: 'mode', is: 'list' },
  // oxlint-disable-next-line unicorn/no-thenable -- a field of mappings
  then: { each: 'entries', value: { constant: null } },
  else: { constant: null },
};

export function kindWith(changes: Partial<Kind>): Kind {
  const mappings = Object.fromEntries(Object.keys(VALUES).map((name) => [name, ANYTHING]));
  return {
    format: 2,
    resourceType: 'probe',
    schema: { fields: { key: { type: 'string', secret: true } } },
    provisioning: {
      id: 'probe',
      mappings: { ...mappings, key: { field: 'key' }, password: { path: ['x'], field: 'password' } },
    },
    routers: { primary: ['x'], secondary: ['y'] },
    create: '',
    arrange: '',
    remove: 'delete routing-instances {{vrf}}',
    owns: ['routing-instances {{vrf}}'],
    monitors: [],
    ...changes,
  };
}

export const rendered = (
  changes: Partial<Kind>,
  values: Values = {},
  role: 'primary' | 'secondary' = 'primary',
) => render(kindWith(changes), role, [...parameters({ ...VALUES, ...values }), own, theirs]);

/** The description that a template makes. */
export function made(
  template: string,
  values: Values = {},
  role: 'primary' | 'secondary' = 'primary',
): string {
  const { create } = rendered({ create: `routing-instances { {{vrf}} { ${template} } }` }, values, role);
  return create.replace(/^[^{]*\{[^{]*\{\s*|\s*\}\s*\}\s*$/g, '').replace(/\s+/g, ' ');
}
