import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kindOf } from '../gateway/kinds.ts';
import { loadKinds } from '../../templates/load.ts';
import { render } from '../../templates/render.ts';
import { parameters } from '../../local/sample-parameters.ts';

describe('a new kind of gateway', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinds-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is added by a folder alone', async () => {
    await mkdir(join(folder, 'loopback_gateway'));
    const file = (name: string): string => join(folder, 'loopback_gateway', name);
    const walk = ['interface_id', 'ha_router_id'];
    const routers = { primary: [...walk, 'primary_router_id'], secondary: [...walk, 'secondary_router_id'] };
    await writeFile(
      file('kind.json'),
      JSON.stringify({
        resourceType: 'loopback_gateway',
        schema: {
          fields: {
            id: { type: 'string', required: true },
            interface_id: { type: 'string', required: true, refersTo: 'ha_interface' },
            unit: { type: 'vlan', required: true },
            note: { type: 'text' },
            label: { type: 'name' },
          },
        },
        routers,
        provisioning: {
          id: 'loopback_gateway',
          handler: 'heat_worker',
          mappings: {
            unit: { field: 'unit' },
            note: { field: 'note' },
            label: { field: 'label' },
            primary_address: { constant: '192.0.2.1/32' },
            secondary_address: { constant: '192.0.2.2/32' },
          },
        },
        monitoring: { id: 'loopback_gateway_monitoring', handler: 'monitoring_worker', mappings: {} },
        owns: ['interfaces lo0 unit {{unit}}', '{{#if label}}policy-options prefix-list {{label}}{{/if}}'],
        monitors: [{ name: 'loopback', interface: 'lo0.{{unit}}' }],
      }),
    );
    await writeFile(
      file('create.hbs'),
      [
        '{{! a comment with "quotes }}',
        'interfaces {',
        '    lo0 {',
        '        unit {{unit}} {',
        '            {{#if note}}',
        '            description {{text note}};',
        '            {{else}}',
        '            description none;',
        '            {{/if}}',
        '            family inet { address {{address}}; }',
        '        }',
        '    }',
        '}',
        '{{#unless label}}{{else}}policy-options { prefix-list {{label}}; }{{/unless}}',
      ].join('\n'),
    );
    await writeFile(
      file('remove.hbs'),
      'delete interfaces lo0 unit {{unit}}\n{{#if label}}\ndelete policy-options prefix-list {{label}}\n{{/if}}\n',
    );
    const kind = kindOf('loopback_gateway', await loadKinds(folder));
    const values = {
      unit: 7,
      note: "it's (a) note, isn't it?",
      label: null,
      primary_address: '192.0.2.1/32',
      secondary_address: '192.0.2.2/32',
    };
    const text = (description: string, address: string): string =>
      [
        'interfaces {',
        '    lo0 {',
        '        unit 7 {',
        `            description ${description};`,
        '            family inet {',
        `                address ${address};`,
        '            }',
        '        }',
        '    }',
        '}',
        '',
      ].join('\n');
    assert.deepEqual(render(kind, 'primary', parameters(values)), {
      create: text('"it\'s (a) note, isn\'t it?"', '192.0.2.1/32'),
      arrange: [],
      remove: ['delete interfaces lo0 unit 7'],
      owns: [['interfaces', 'lo0', 'unit', '7']],
      monitors: [{ name: 'loopback', interface: 'lo0.7', counters: [] }],
    });
    const labelled = render(kind, 'secondary', parameters({ ...values, note: '', label: 'L' }));
    assert.equal(labelled.create, `${text('none', '192.0.2.2/32')}policy-options {\n    prefix-list L;\n}\n`);
    assert.deepEqual(labelled.owns.at(-1), ['policy-options', 'prefix-list', 'L']);
    assert.throws(
      () => render(kind, 'primary', parameters({ ...values, note: 'a "quote"' })),
      /parameter note: expected one line/,
    );
    assert.throws(
      () => render(kind, 'primary', parameters({ ...values, note: 'x'.repeat(256) })),
      /\(256 characters\)/,
    );
  });
});
