import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CREATE_GATEWAY, TASK_QUEUE } from '../../gateway/messages.ts';
import type { Parameter } from '../../gateway/kind.ts';
import { readRequest } from '../../gateway/request.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { SAMPLE_GATEWAYS, sampleNeighbours } from '../../local/samples.ts';
import * as client from '../../client/index.ts';
import { kindsOf } from '../../gateway/kind.ts';
import { loadKinds } from '../../templates/load.ts';
import { render } from '../../templates/render.ts';
import { filesOf } from './readme-console.ts';
import { blocksOf, readPage, sectionOf } from './readme-document.ts';
import type { Page } from './readme-document.ts';

describe("the documentation's examples", () => {
  let readme: Page;
  let kinds: Page;
  let folder: string;

  before(async () => {
    [readme, kinds] = (await Promise.all(['README.md', 'docs/kinds.md'].map(readPage))) as [Page, Page];
    folder = await mkdtemp(join(tmpdir(), 'readme-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('add a kind that is whole and makes what the page shows', async () => {
    await mkdir(join(folder, 'kinds', 'lan_gateway'), { recursive: true });
    const files = [...filesOf(kinds)].filter(([path]) => path.startsWith('kinds/'));
    assert.equal(files.length, 3);
    for (const [path, text] of files) await writeFile(join(folder, path), text);
    const loaded = (await loadKinds(join(folder, 'kinds'))).get('lan_gateway') ?? assert.fail();
    const parameter = (name: string, value: string): Parameter => ({
      name,
      value,
      resources: [],
      secret: false,
    });
    const { create, remove } = render(kindsOf(loaded.kind)[0], 'primary', [
      parameter('primary_port', 'ae0'),
      parameter('secondary_port', 'ae0'),
      parameter('vlan', '1100'),
      parameter('note', 'made by hand'),
    ]);
    for (const line of [...create.split('\n').slice(0, 4), ...remove])
      assert.ok(kinds.text.includes(line.trim()), line);
  });

  it('list the kinds that come with the program', async () => {
    const section = sectionOf(kinds, 'The kinds that come with gateway-saga');
    const cells = Array.from(section.matchAll(/^\| ([^|]*`[^|]*)\|/gm), ([, cell = '']) => cell);
    const listed = cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, kind = '']) => kind));
    assert.deepEqual(listed.toSorted(), [...(await loadKinds()).keys()].toSorted());
  });

  it('make a gateway that refers to the samples', () => {
    const record = filesOf(kinds).get('lan-1.json') ?? assert.fail();
    const { body } = JSON.parse(record) as { body: { id: string; interface_id: string } };
    assert.equal(body.id, 'lan-1');
    const neighbours = sampleNeighbours().map((neighbour) => neighbour.key);
    assert.ok(neighbours.includes(`/config/v2.0/ha_interfaces/${body.interface_id}`));
  });

  it("start a sample by Temporal's own command", () => {
    const line = blocksOf(readme).find(({ text }) => text.includes('temporal workflow start'))?.text ?? '';
    const option = (name: string): string =>
      new RegExp(`--${name} (?:'([^']+)'|(\\S+))`).exec(line)?.slice(1).find(Boolean) ?? '';
    assert.equal(option('type'), CREATE_GATEWAY);
    assert.equal(option('task-queue'), TASK_QUEUE);
    const read = readRequest(JSON.parse(option('input')));
    assert.ok(read.kind === 'request');
    assert.equal(option('workflow-id'), workflowIdOf(read.request));
    assert.ok(SAMPLE_GATEWAYS.some(({ resourceId }) => resourceId === read.request.resourceId));
  });

  it('use what the library has', async () => {
    const program = blocksOf(readme).find(({ language }) => language === 'js')?.text ?? '';
    const names = /import \{ ([^}]+) \} from 'gateway-saga\/client'/.exec(program)?.[1]?.split(', ') ?? [];
    assert.ok(names.length > 0);
    for (const name of names) assert.ok(name in client, name);
    const file = join(folder, 'example.mjs');
    await writeFile(file, program);
    await promisify(execFile)(process.execPath, ['--check', file]);
  });
});
