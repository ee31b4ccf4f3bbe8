/** Folders of kinds for tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface KindFolder {
  readonly path: string;
  /** Writes a file. What is not text is written as JSON. */
  readonly write: (file: string, content: unknown) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function kindFolder(): Promise<KindFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kinds-'));
  return {
    path,
    async write(file, content) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      await writeFile(join(path, file), typeof content === 'string' ? content : JSON.stringify(content));
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

const ways = {
  primary: ['{side}_interface_id', 'ha_router_id', 'primary_router_id'],
  secondary: ['{side}_interface_id', 'ha_router_id', 'secondary_router_id'],
};
const reference = (side: string) => ({
  type: 'string',
  refersTo: 'ha_interface',
  requiredIf: { field: 'side', is: side },
});

/** A kind of one job and two variants. It owns single statements in what others have configured, and has a secret of its own. */
export async function writeStub(folder: KindFolder): Promise<void> {
  const job = (id: string) => ({
    id,
    mappings: {
      instance: { constant: 'vrf_management' },
      router_id: { field: 'router_id' },
      list: { constant: 'SHARED' },
      prefixes: { each: 'prefixes', value: { field: 'cidr' } },
      key: { field: 'key' },
      primary_peer: { field: 'peers', member: 'first' },
      secondary_peer: { field: 'peers', member: 'second' },
    },
  });
  const owns = [
    'routing-instances {{instance}} routing-options router-id',
    '{{#each prefixes}}\npolicy-options prefix-list {{list}} {{this}}\n{{/each}}',
    'routing-instances {{instance}} protocols bgp group STUB',
  ];
  const variant = (folderName: string, values: readonly string[]) => ({
    values,
    folder: folderName,
    provisioning: job(`stub_${folderName}`),
    routers: ways,
    owns,
  });
  await folder.write('stub/kind.json', {
    format: 2,
    resourceType: 'stub',
    schema: {
      fields: {
        id: { type: 'string', required: true },
        side: { type: 'string', required: true, values: ['lan', 'wan', 'dmz'] },
        lan_interface_id: reference('lan'),
        wan_interface_id: reference('wan'),
        dmz_interface_id: reference('dmz'),
        router_id: { type: 'ipv4', required: true },
        prefixes: { type: 'list', entries: { fields: { cidr: { type: 'prefix', required: true } } } },
        peers: {
          type: 'object',
          required: true,
          members: { first: { type: 'ipv4', required: true }, second: { type: 'ipv4', required: true } },
        },
        key: { type: 'string', required: true, secret: true },
      },
    },
    variants: {
      by: 'side',
      of: [variant('inner', ['lan', 'dmz']), variant('outer', ['wan'])],
    },
  });
  for (const [name, what] of [
    ['inner', 'authentication-key'],
    ['outer', 'description'],
  ]) {
    await folder.write(
      `stub/${name}/create.hbs`,
      `routing-instances { {{instance}} {
  routing-options { router-id {{router_id}}; }
  protocols { bgp { group STUB { local-address {{peer}}; neighbor {{other peer}} { ${what} {{secret key}}; } } } }
} }
{{#each prefixes}}policy-options { prefix-list {{list}} { {{this}}; } }
{{/each}}`,
    );
    await folder.write(
      `stub/${name}/remove.hbs`,
      `delete routing-instances {{instance}} routing-options router-id
delete routing-instances {{instance}} protocols bgp group STUB
{{#each prefixes}}
delete policy-options prefix-list {{list}} {{this}}
{{/each}}
`,
    );
  }
}
