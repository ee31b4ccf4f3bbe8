import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/ports.ts';
import { baseConfig } from '../../simulator/server/index.ts';
import { Routers } from './processes/routers.ts';

const programs = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap').length;

describe('the program of the routers', function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'routers-'))));
  afterEach(() => rm(folder, { recursive: true }));

  it('leaves no process behind when it can not start, and starts when it can', async () => {
    const spec = {
      name: 'A' as const,
      id: 'router-a',
      port: await freePort(),
      hostKey: `${folder}/key`,
      password: 'a password',
      config: baseConfig({ name: 'MX-A', role: 'primary' }),
      options: {},
      stateFile: `${folder}/state`,
      tapeFile: `${folder}/tape`,
      vrrpDown: [],
      vrrpIsolated: [],
    };
    const specs = [
      spec,
      ...(['B', 'C'] as const).map((name) => ({
        ...spec,
        name,
        id: name,
        port: 0,
        stateFile: `${folder}/${name}`,
      })),
    ];
    const before = programs();
    const routers = new Routers(specs, `${folder}/log`);
    routers.fillDisk();
    await assert.rejects(routers.start(), /EISDIR/);
    // Its handle goes a moment after its exit is reported.
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(programs(), before);
    routers.clearDisk();
    await routers.start();
    await routers.stop();
  });
});
