import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../local/ports.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { newNamespace, temporal } from '../client/temporal.ts';

describe('a worker that fails at its start, once it is connected', function () {
  this.timeout(120_000);

  it('ends, with the reason', async () => {
    const { address } = await temporal();
    const program = fileURLToPath(new URL('watch-not-served.ts', import.meta.url));
    const args = ['worker', '--watch', '--temporal-address', address];
    args.push('--workflow-bundle', await workflowBundle());
    args.push('--temporal-namespace', await newNamespace('without attributes'));
    args.push('--etcd', `127.0.0.1:${await freePort()}`);
    const running = promisify(execFile)(process.execPath, ['--import=tsx', program, ...args], {
      timeout: 60_000,
    });
    await assert.rejects(running, { code: 1, killed: false, stderr: /the watch is not served\n$/ });
  });
});
