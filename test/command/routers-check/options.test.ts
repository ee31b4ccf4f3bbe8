import assert from 'node:assert/strict';
import { checkOptions } from '../../../command/routers-check/options.ts';

/** A router may have any name, also that of a file. */
const ID = 'LICENSE';

describe('the options of routers check', () => {
  const env = { SSH_AUTH_SOCK: '/run/agent', ETCDCTL_ENDPOINTS: '127.0.0.1:1' };
  const given = (...argv: string[]) => {
    const { id, transcript, worker } = checkOptions(argv, env);
    return { id, transcript, agent: worker.agent, knownHosts: worker.knownHosts };
  };

  for (const transcript of [['--transcript', ID], [`--transcript=${ID}`]])
    it(`leave what stands behind ${transcript.join(' ')} to the worker, if the router is called so, too`, () => {
      const { knownHosts: _, ...rest } = given(ID, ...transcript, '--agent');
      assert.deepEqual(rest, { id: ID, transcript: ID, agent: env.SSH_AUTH_SOCK });
    });

  for (const argv of [
    [ID, '--known-hosts', ID, '--json'],
    ['--known-hosts', ID, ID, '--for', 'vpn_gateway', ID],
    ['--trial', '--yes', '--agent', `--known-hosts=${ID}`, '--', ID],
  ])
    it(`leave its file to the worker in: ${argv.join(' ')}`, () => {
      const { id, knownHosts } = given(...argv);
      assert.deepEqual([id, knownHosts], [ID, ID]);
    });
});
