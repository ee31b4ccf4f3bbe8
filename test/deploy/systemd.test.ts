import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';
import { filesOf, textOf } from './files.ts';

/** The most exposure that is allowed, in tenths, of 100. */
const EXPOSURE = '30';

describe('the systemd units', () => {
  let units: string[];
  before(async () => (units = await filesOf(/\.service$/)));

  it('are a worker and a codec endpoint, which a wrong setting does not start again', async () => {
    assert.deepEqual(units, ['systemd/gateway-saga-codec.service', 'systemd/gateway-saga-worker.service']);
    for (const unit of units) {
      const text = await textOf(unit);
      assert.match(text, /^RestartPreventExitStatus=2$/m);
      assert.match(text, /^User=gateway-saga$/m);
      // Without /proc/meminfo, Temporal's SDK ends the worker at its start.
      assert.doesNotMatch(text, /^ProcSubset=/m);
    }
  });

  it('run what the page on deployment installs', async () => {
    const page = await readFile(`${ROOT}docs/deploy.md`, 'utf8');
    for (const name of ['gateway-saga.sysusers.conf', 'environment.example', 'gateway-saga-worker.service'])
      assert.ok(page.includes(`/opt/gateway-saga/deploy/systemd/${name}`), name);
  });
});

describe('the systemd units, by systemd-analyze', function () {
  this.timeout(30_000);
  let folder: string;
  before(async function () {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
      console.log('      systemd-analyze is not there: these are skipped');
      this.skip();
    }
    folder = await mkdtemp(`${tmpdir()}/gateway-saga-units-`);
  });
  after(() => folder && rm(folder, { recursive: true, force: true }));

  it('expose little', async () => {
    for (const unit of await filesOf(/\.service$/)) {
      const args = ['security', '--offline=true', `--threshold=${EXPOSURE}`, `${ROOT}deploy/${unit}`];
      await promisify(execFile)('systemd-analyze', args);
    }
  });

  it('have only settings that systemd knows', async () => {
    for (const unit of await filesOf(/\.service$/)) {
      const text = await textOf(unit);
      // What it starts is not on this machine.
      const path = `${folder}/${unit.replace(/^.*\//, '')}`;
      await writeFile(path, text.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'));
      assert.deepEqual(await complaintsOf(path), []);
      await writeFile(
        path,
        text.replace('UMask=', 'UMosk=').replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'),
      );
      assert.match((await complaintsOf(path)).join('\n'), /UMosk/);
    }
  });

  /** What is said about the unit itself: others of this machine are looked at, too. */
  async function complaintsOf(path: string): Promise<string[]> {
    const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', path]);
    return stderr.split('\n').filter((line) => line.includes(path));
  }
});
